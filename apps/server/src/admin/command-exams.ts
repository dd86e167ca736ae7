import { readFile } from 'node:fs/promises'
import { createExam as examShape } from '@gradus/contract/exams'
import { time } from '@gradus/contract/words'
import type { Command } from 'commander'
import { createExam } from '../depository/create-exam.ts'
import { importCandidates } from '../depository/import-candidates.ts'
import { readExam, readExams } from '../depository/read-exam.ts'
import { sweepRetention } from '../depository/sweep-retention.ts'
import type { Actor } from '../http/actor.ts'
import { table, UsageError, verb } from './command.ts'

/** Whoever sits at the installation's own machine may use every exam. */
const operator: Actor = {
  principal_id: '00000000-0000-0000-0000-000000000000',
  user: null,
  is_guest: false,
  scopes: ['admin'],
  session_id: null,
  by_cookie: false,
}

interface NewExam {
  opens?: string
  due?: string
  closes?: string
  timeZone?: string
  maxUploads?: string
  maxBytes?: string
  types?: string
  retentionHours?: string
}

/** Verbs about exams. */
export function examCommands(program: Command): void {
  verb<NewExam>(program, 'create-exam', 'make an exam with a course of its own', async (db, options, [title]) => {
    const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))
    const hours = number(options.retentionHours)
    const parsed = examShape.body.safeParse({
      title,
      ...{ opens_at: options.opens, due_at: options.due, closes_at: options.closes, time_zone: options.timeZone },
      ...{
        max_uploads: options.maxUploads === 'any' ? null : number(options.maxUploads),
        max_bytes: number(options.maxBytes),
        allowed_types: options.types?.split(','),
      },
      retention_seconds: hours === undefined ? undefined : hours * 3_600,
    })
    if (!parsed.success) throw new UsageError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; '))
    const { exam_id } = await createExam(db, parsed.data, null, { actor_id: null })
    const exam = await readExam(db, exam_id, operator)
    return { json: exam, text: `${exam.title}: ${exam.id}` }
  })
    .argument('<title>', 'what candidates and slips call it')
    .option('--opens <time>', 'ISO 8601 with an offset, such as 2026-11-21T09:00:00+01:00')
    .option('--due <time>', 'what comes later is late')
    .option('--closes <time>', 'what comes later is refused')
    .option('--time-zone <name>', 'such as Europe/Berlin')
    .option('--max-uploads <count>', '5 unless said otherwise; any: as many as they like')
    .option('--max-bytes <bytes>', '3145728 unless said otherwise')
    .option('--types <endings>', 'such as pdf,zip; any unless said otherwise')
    .option('--retention-hours <hours>', 'how long bytes are kept; 72 unless said otherwise')

  verb(program, 'list-exams', 'every exam, newest first', async (db) => {
    const { exams } = await readExams(db, operator)
    return {
      json: { exams },
      text: table(
        ['EXAM', 'TITLE', 'STANDS', 'CLOSES', 'HANDED IN', 'CANDIDATES'],
        exams.map((exam) => [
          exam.id,
          exam.title,
          exam.availability,
          exam.closes_at,
          exam.totals.handed_in_count,
          `${exam.totals.candidate_count}${exam.is_default ? ' (the plain routes)' : ''}`,
        ]),
      ),
    }
  })

  verb<{ at?: string }>(program, 'sweep-files', 'delete files whose time is over, as the server does every minute', async (db, { at }) => {
    const parsed = at === undefined ? undefined : time.safeParse(at)
    if (parsed?.success === false) throw new UsageError('--at must be a time with its offset, such as 2026-11-21T09:00:00+01:00.')
    const { deleted, warned } = await sweepRetention(db, parsed?.data)
    return { json: { deleted, warned }, text: `${deleted} files deleted; examiners of ${warned} exams were told that deletion is a day ahead.` }
  }).option('--at <time>', 'as if it were this time: files that are due until then go now, of every exam without a legal hold')

  verb<{ dryRun?: boolean }>(
    program,
    'import-candidates',
    'add candidates from a CSV file, all of them or none',
    async (db, { dryRun }, [exam_id, file]) => {
      const csv = await readFile(file!, 'utf8').catch((error: NodeJS.ErrnoException) => {
        throw new UsageError(`${file} cannot be read (${error.code}).`)
      })
      const exam = await readExam(db, exam_id!, operator)
      const made = await importCandidates(
        db,
        { exam_id: exam.id, course_id: exam.course_id },
        { csv, is_dry_run: dryRun === true },
        { actor_id: null },
      )
      if (made.error_count > 0) process.exitCode = 1
      const errors = made.errors.map(
        ({ row, column, value, message }) => `row ${row}${column === null ? '' : `, ${column}`} ${JSON.stringify(value)}: ${message}`,
      )
      const codes = made.candidates.map((one) => [one.nickname, one.upload_code])
      return {
        json: made,
        text: made.error_count > 0 ? [...errors, 'Nobody was added.'].join('\n') : table(['NICKNAME', 'CODE'], codes),
      }
    },
  )
    .argument('<exam>', 'its id; list-exams shows it')
    .argument('<file>', 'with a head line: nickname,first_name,last_name and optionally email,upload_code')
    .option('--dry-run', 'only look')
}
