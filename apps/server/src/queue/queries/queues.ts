import { sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import type { JobKind } from '../job.ts'
import type { JobState } from '../states.ts'

export interface QueueRow {
  name: string
  is_external: boolean
  is_enabled: boolean
  lease_seconds: number
  max_deliveries: number
  created_at: string
}
const columns = ['name', 'is_external', 'is_enabled', 'lease_seconds', 'max_tries as max_deliveries', 'created_at'] as const

export const insertQueue = (tx: DbOrTx, queue: { name: string; lease_seconds: number; max_deliveries: number }): Promise<QueueRow> =>
  tx
    .insertInto('queues')
    .values({ name: queue.name, lease_seconds: queue.lease_seconds, max_tries: queue.max_deliveries })
    .returning(columns)
    .executeTakeFirstOrThrow()

export const lockOptionalQueue = (tx: DbOrTx, name: string): Promise<QueueRow | undefined> =>
  tx.selectFrom('queues').select(columns).where('name', '=', name).forUpdate().executeTakeFirst()

export const updateQueueRow = (
  tx: DbOrTx,
  name: string,
  { max_deliveries, ...set }: { lease_seconds?: number; max_deliveries?: number; is_enabled?: boolean },
): Promise<QueueRow> =>
  tx
    .updateTable('queues')
    .set({ ...set, ...(max_deliveries === undefined ? {} : { max_tries: max_deliveries }) })
    .where('name', '=', name)
    .returning(columns)
    .executeTakeFirstOrThrow()

export const listExternalQueues = (db: DbOrTx): Promise<{ name: string; is_enabled: boolean }[]> =>
  db.selectFrom('queues').select(['name', 'is_enabled']).where('is_external', '=', true).orderBy('name').execute()

/** How many jobs of a queue wait. */
export const countWaiting = async (db: DbOrTx, queue: string): Promise<number> =>
  (
    await rows(
      db,
      sql<{ waiting: number }>`select count(*)::int as waiting from grading_jobs
        where queue = ${queue} and xqueue_id is not null and status in ('pending', 'retry')`,
    )
  )[0]!.waiting

/** Writes down why an answer under a live lease was not taken; the lease stays as it is. */
export async function noteRefusal(db: DbOrTx, job_id: string, lease_generation: number, refusal: string): Promise<void> {
  await rows(
    db,
    sql`update grading_jobs set refusal = ${refusal} where id = ${job_id} and lease_generation = ${lease_generation} and status in ('pulled', 'retry')`,
  )
}

export interface JobAtHand {
  id: string
  kind: JobKind
  status: JobState
  subject_id: string
  share_id: string
}

export const listJobsAtHand = (db: DbOrTx, ids: readonly string[]): Promise<JobAtHand[]> =>
  db
    .selectFrom('grading_jobs')
    .select(['id', 'kind', 'status', 'subject_id', 'share_id'])
    .where(sql<boolean>`id = any(${[...ids]}::uuid[])`)
    .$castTo<JobAtHand>()
    .execute()

export async function deleteLmsJobs(tx: DbOrTx, subject_id: string): Promise<void> {
  await rows(tx, sql`delete from grading_jobs where kind = 'lms' and subject_id = ${subject_id}`)
}
