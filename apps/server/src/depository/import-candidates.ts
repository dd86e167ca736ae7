import type { ReplyIn } from '@gradus/contract/endpoint'
import { type importCandidates as endpoint, MAX_IMPORT_ROWS } from '@gradus/contract/exams'
import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import type { By } from '../identity/by.ts'
import { addCandidates } from './add-candidates.ts'
import { listTaken } from './queries/candidates.ts'
import { type CsvRow, type RowError, readCandidatesCsv } from './read-candidates-csv.ts'

type Answer = ReplyIn<typeof endpoint>
/** Enough to mend a file by; a wrong column makes one for every row. */
const MOST_ERRORS = 1_000

/**
 * Adds the candidates of a CSV text: all of them with codes or, where one row is wrong, none (R22). A dry run says the
 * same and adds nothing. Wrong is also what the exam has already: importing the same file twice adds nobody.
 */
export async function importCandidates(
  db: Db,
  { exam_id, course_id }: { exam_id: string; course_id: string | null },
  { csv, is_dry_run }: { csv: string; is_dry_run: boolean },
  by: By,
): Promise<Answer> {
  const { rows, errors } = readCandidatesCsv(csv, MAX_IMPORT_ROWS)
  errors.push(...(await taken(db, exam_id, rows)))
  errors.sort((a, b) => a.row - b.row)
  const told = { row_count: rows.length, errors: errors.slice(0, MOST_ERRORS), error_count: errors.length }
  if (is_dry_run || errors.length > 0 || rows.length === 0) {
    return { ...told, is_committed: false, candidates: rows.map(({ upload_code: _, ...row }) => ({ ...row, id: null, upload_code: null })) }
  }
  const made = await transact(db, async (tx) => {
    const added = await addCandidates(tx, exam_id, rows)
    const about = { object_kind: 'exam', object_id: exam_id, course_id, after: { candidate_count: added.length } }
    await recordAudit(tx, { ...by, action: 'candidates.imported', ...about })
    return added
  })
  return { ...told, is_committed: true, candidates: rows.map((row, i) => ({ ...row, ...made[i]! })) }
}

async function taken(db: Db, exam_id: string, rows: readonly CsvRow[]): Promise<RowError[]> {
  const lower = (email: string | null): string[] => (email === null ? [] : [email.toLowerCase()])
  const found = await listTaken(db, exam_id, {
    nicknames: rows.map((row) => row.nickname),
    emails: rows.flatMap((row) => lower(row.email)),
    codes: rows.flatMap((row) => row.upload_code ?? []),
  })
  return rows.flatMap(({ row, nickname, email, upload_code }): RowError[] => [
    ...(found.nicknames.has(nickname) ? [{ row, column: 'nickname', value: nickname, message: 'is in this exam already' }] : []),
    ...(lower(email).some((one) => found.emails.has(one)) ? [{ row, column: 'email', value: email!, message: 'is in this exam already' }] : []),
    ...(upload_code !== null && found.codes.has(upload_code) ? [{ row, column: 'upload_code', value: upload_code, message: 'exists already' }] : []),
  ])
}
