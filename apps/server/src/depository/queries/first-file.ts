import { sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import { type AcceptedFile, acceptingFirst, type NewFileSubmission } from '../../submissions/accept-file.ts'
import type { LogEntry } from '../log-entry.ts'
import { entering } from './log.ts'

/**
 * A candidate's first file in one statement: attempt, hand-in, file, log entry and receipt, or, where a rule is against it
 * or there is an earlier file, nothing and no row. What the log tells depends on lateness, which the statement judges.
 */
export const insertFirstFile = async (
  db: DbOrTx,
  hand_in: NewFileSubmission,
  receipt: { id: string; code: string; exam_id: string },
  told: { in_time: string; late: string },
): Promise<(AcceptedFile & LogEntry) | undefined> => {
  const { parts, columns } = acceptingFirst(hand_in)
  const middle = sql`(select case when is_late then ${told.late}::text else ${told.in_time}::text end from handed_in)`
  return (
    await rows(
      db,
      sql<AcceptedFile & LogEntry>`/* first_file */ with ${parts}, ${entering(receipt.exam_id, middle, sql`exists (select from handed_in)`)},
  receipt as (insert into receipts (id, code, exam_id, candidate_id, submission_id, log_seq, issued_at)
    select ${receipt.id}::uuid, ${receipt.code}::text, next.exam_id, h.principal_id, h.id, next.seq, ${hand_in.handed_in_at}::timestamptz from next, handed_in h)
select ${columns}, next.seq, next.entry, next.sha256 from handed_in h, counted, placed, next`,
    )
  )[0]
}
