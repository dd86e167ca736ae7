import { sql } from 'kysely'
import { type Db, rows } from '../../db/database.ts'
import type { QueueDepth } from '../../http/observe.ts'
import { problem } from '../../http/problems.ts'

/** A grading machine and what it can run, as it said with its last lease. */
interface Grader {
  name: string
  slots: number
  languages: { language: Language; sandbox: string; runtime: string }[]
  last_seen_at: string
}
type Language = 'python' | 'javascript' | 'c' | 'cpp' | 'java'

/** Depth of every queue; waiting ages are counted from the moment a job could be taken. */
export const listQueues = (db: Db): Promise<QueueDepth[]> =>
  rows(
    db,
    sql<QueueDepth>`
      select q.name,
             count(j.id) filter (where j.status in ('pending', 'retry'))::int as waiting,
             count(j.id) filter (where j.status = 'pulled')::int as pulled,
             count(j.id) filter (where j.status = 'failed')::int as failed,
             (extract(epoch from now() - min(greatest(j.status_at, j.available_at)) filter (where j.status in ('pending', 'retry') and j.available_at <= now())))::float8
               as oldest_waiting_seconds
      from queues q
      left join grading_jobs j on j.queue = q.name and j.status <> 'retired'
      group by q.name
      order by q.name`,
  )

/** Grading machines seen within `seconds`, by name. */
export const listGraders = (db: Db, seconds: number): Promise<Grader[]> =>
  rows(
    db,
    sql<Grader>`
      select name, slots, languages, last_seen_at from graders_seen
      where last_seen_at > now() - make_interval(secs => ${seconds}) order by name`,
  )

/** What the system can grade right now: one row per language, sandbox and runtime of a live grader, with the database's clock. */
export const listLanguages = (db: Db, seconds: number): Promise<{ language: Language; sandbox: string; runtime: string }[]> =>
  rows(
    db,
    sql<{ language: Language; sandbox: string; runtime: string }>`
      select distinct l.language, l.sandbox, l.runtime
      from graders_seen g, jsonb_to_recordset(g.languages) as l(language text, sandbox text, runtime text)
      where g.last_seen_at > now() - make_interval(secs => ${seconds})
      order by l.language, l.sandbox, l.runtime`,
  )

export const selectNow = async (db: Db): Promise<string> => (await rows(db, sql<{ now: string }>`select now() as now`))[0]!.now

export const listErrors = (db: Db, limit: number) =>
  db.selectFrom('error_events').select(['at', 'request_id', 'route', 'detail']).orderBy('at', 'desc').limit(limit).execute()

/** Audit events, newest first, of one object or one actor where asked. */
export function listAuditEvents(db: Db, { object_id, actor_id, limit }: { object_id?: string; actor_id?: string; limit: number }) {
  let query = db
    .selectFrom('audit_events as a')
    .leftJoin('users as u', 'u.id', 'a.actor_id')
    .select(['a.id', 'a.at', 'a.actor_id', 'u.display_name as actor_name', 'a.action', 'a.object_kind', 'a.object_id'])
    .select(['a.before', 'a.after', 'a.reason', 'a.request_id'])
  if (object_id !== undefined) query = query.where('a.object_id', '=', object_id)
  if (actor_id !== undefined) query = query.where('a.actor_id', '=', actor_id)
  // Ids of version 7 sort by time and break ties.
  return query.orderBy('a.at', 'desc').orderBy('a.id', 'desc').limit(limit).execute()
}

export function listUsers(db: Db, search: string, limit: number) {
  const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`
  return db
    .selectFrom('users')
    .select(['id', 'email', 'display_name', 'is_admin', 'is_creator', 'is_operator', 'disabled_at', 'created_at'])
    .where((eb) => eb.or([eb('email', 'ilike', pattern), eb('display_name', 'ilike', pattern)]))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

/** @throws problem user_unknown */
export async function selectUserId(db: Db, email: string): Promise<string> {
  const found = await db.selectFrom('users').select('id').where(sql`lower(email)`, '=', sql<string>`lower(${email})`).executeTakeFirst()
  if (found === undefined) throw problem('user_unknown', { email })
  return found.id
}

/** Keys that are not revoked, with the address of the person each acts as. */
export const listKeys = (db: Db) =>
  db
    .selectFrom('api_keys as k')
    .leftJoin('users as u', 'u.id', 'k.principal_id')
    .select(['k.id', 'k.name', 'k.scopes', 'k.principal_id', 'u.email', 'k.created_at', 'k.last_used_at', 'k.expires_at'])
    .where('k.revoked_at', 'is', null)
    .orderBy('k.created_at', 'desc')
    .orderBy('k.id', 'desc')
    .execute()

/** Whether nobody but administrators has an account and nothing is taught. */
export const isUntouched = async (db: Db): Promise<boolean> =>
  (
    await rows(
      db,
      sql<{ is_untouched: boolean }>`select not exists (select from courses) and not exists (select from questions)
        and not exists (select from users where not is_admin) as is_untouched`,
    )
  )[0]!.is_untouched

/** Whether the demo course stands here, whole: it is published as the last act of seeding. */
export const hasDemo = async (db: Db, teacher_email: string, slug: string): Promise<boolean> =>
  (
    await rows(
      db,
      sql<{ found: boolean }>`select exists (select from courses c join users u on u.id = c.created_by
        where c.slug = ${slug} and c.state <> 'draft' and u.email = ${teacher_email}) as found`,
    )
  )[0]!.found

/** Hand-ins whose grading failed for good, the longest waiting first. */
export const listFailed = (db: Db) =>
  db
    .selectFrom('grading_jobs as j')
    .innerJoin('submissions as s', 's.id', 'j.subject_id')
    .innerJoin('courses as c', 'c.id', 's.course_id')
    .select(['s.id as submission_id', 's.course_id', 'c.slug as course', 'j.status_at as since', 'j.tries', 'j.failure'])
    .where('j.status', '=', 'failed')
    .where('j.kind', '=', 'submission')
    .orderBy('j.status_at')
    .orderBy('j.id')
    .execute()
