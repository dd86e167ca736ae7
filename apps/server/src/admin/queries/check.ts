import { sql } from 'kysely'
import { type Db, rows } from '../../db/database.ts'

/** What must hold in every database of Gradus (domain.md, invariants), as statements that count where it does not. */
const complaints = [
  {
    what: 'hand-ins whose code is not the code that was acknowledged',
    counting: sql<{ count: number }>`select count(*)::int as count from submissions where content is not null and sha256(content) <> content_sha256`,
  },
  {
    what: 'learners whose number of attempts at a question is not the number of their hand-ins',
    counting: sql<{ count: number }>`
      select count(*)::int as count
      from (select principal_id, assignment_question_id, count(*)::int as attempts from submissions group by 1, 2) s
      full join attempt_counters k using (principal_id, assignment_question_id)
      where coalesce(s.attempts, 0) <> coalesce(k.attempts, 0)`,
  },
  {
    what: 'hand-ins with results of which none is the current one',
    counting: sql<{ count: number }>`
      select count(distinct r.submission_id)::int as count from results r
      where not exists (select from results c where c.submission_id = r.submission_id and c.is_current)`,
  },
]

export async function listComplaints(db: Db): Promise<{ what: string; count: number }[]> {
  const found: { what: string; count: number }[] = []
  for (const { what, counting } of complaints) found.push({ what, count: (await rows(db, counting))[0]!.count })
  return found
}

export const listExamIds = async (db: Db): Promise<string[]> =>
  (await db.selectFrom('exams').select('id').orderBy('id').execute()).map(({ id }) => id)

interface KeptFile {
  object_key: string
  size_bytes: number
  sha256: Buffer
}

/** Files whose bytes must be there, by key, a page after `last`. */
export const listKeptFiles = (db: Db, last: string, limit: number): Promise<KeptFile[]> =>
  rows(
    db,
    sql<KeptFile>`
      select object_key, size_bytes, sha256 from (
        select object_key, size_bytes, sha256 from submission_files where bytes_deleted_at is null
        union all select object_key, size_bytes, sha256 from lms_files) f
      where object_key > ${last} order by object_key limit ${limit}`,
  )

/** Whether the bytes of a file must still be there: retention may have deleted it since it was listed. */
export const isStillKept = async (db: Db, object_key: string): Promise<boolean> =>
  (
    await rows(
      db,
      sql`select from submission_files where object_key = ${object_key} and bytes_deleted_at is null
          union all select from lms_files where object_key = ${object_key}`,
    )
  ).length > 0
