import type { Readable } from 'node:stream'
import { SLIPS_PER_PART } from '@gradus/contract/exams'
import type { DbOrTx } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import { listCandidates } from './queries/candidates.ts'
import { type ExamRow, selectExam } from './queries/exams.ts'
import { printSlips } from './slips.ts'

/** The slips of an exam's candidates, or of one of them, as a PDF. @throws problem not_found */
export async function printExamSlips(
  db: DbOrTx,
  { exam_id, candidate_id, part, address }: { exam_id: string; candidate_id?: string | undefined; part: number; address: string },
): Promise<Readable> {
  const exam = await selectExam(db, exam_id, null)
  const all = await listCandidates(db, exam_id)
  const wanted =
    candidate_id === undefined ? all.slice((part - 1) * SLIPS_PER_PART, part * SLIPS_PER_PART) : all.filter((one) => one.id === candidate_id)
  if (wanted.length === 0 && (candidate_id !== undefined || part > 1)) throw problem('not_found')
  return printSlips(wanted, { exam_title: exam.title, facts: factsOf(exam), address }) as unknown as Readable
}

function factsOf({ opens_at, closes_at, due_at, time_zone, max_uploads, max_bytes, allowed_types }: ExamRow): string[] {
  const at = (instant: string): string =>
    new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: time_zone }).format(new Date(instant))
  const times = [
    ['Opens', opens_at],
    ['Due', due_at],
    ['Closes', closes_at],
  ].flatMap(([word, instant]) => (instant === null || instant === undefined ? [] : [`${word} ${at(instant)} (${time_zone})`]))
  const types = allowed_types.length === 0 ? '' : `, ${allowed_types.join(', ')}`
  const uploads = max_uploads === null ? '' : `, ${max_uploads} uploads`
  return [...times, `At most ${(max_bytes / 1_048_576).toLocaleString('en', { maximumFractionDigits: 1 })} MiB${types}${uploads}`]
}
