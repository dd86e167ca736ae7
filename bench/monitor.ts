import type pg from 'pg'
import { readJobs, readQueues } from '../apps/server/src/admin/read-monitor.ts'
import { openQueue } from '../apps/server/src/grading/open-queue.ts'
import { createGrader } from '../apps/server/src/identity/create-grader.ts'
import { openScratch } from './scratch.ts'

/**
 * `node bench/monitor.ts`: what the monitor's pages cost with 250,000 jobs (R101). Needs DATABASE_URL of a server on which a database may
 * be made. Median and slowest of ten times.
 */
const JOBS = 250_000
const { db, pool, drop } = await openScratch()
try {
  for (const name of ['one', 'two', 'three']) await openQueue(db, { name, lease_seconds: 60, max_deliveries: 5 }, { actor_id: null })
  await createGrader(db, { username: 'bench', queues: ['one', 'two', 'three'], strict_status: false }, { actor_id: null })
  await pool.query({
    text: `with made as (
      insert into lms_submissions (id, queue, submitted_by, header, body, callback_url, callback_host, student_ref, course_ref, item_ref, grader_ref)
      select gen_random_uuid(), (array['one', 'two', 'three'])[1 + i % 3], a.id, '{}', '{}', 'http://127.0.0.1/' || i, '127.0.0.1:80',
        md5((i % 5000)::text), 'course-v1:Org+C' || i % 40 || '+Run', 'block-v1:Org+C+type@problem+block@' || md5((i % 900)::text), 'ps' || i % 9 || '/grade.py'
      from generate_series(1, ${JOBS}) i, grader_accounts a returning id, submitted_by, queue)
    insert into grading_jobs (id, queue, kind, subject_id, share_id, principal_id, needs, work_ms, turn, xqueue_id, status, retired_at, tries, failure)
    select gen_random_uuid(), queue, 'lms', id, '00000000-0000-0000-0000-000000000000', submitted_by, '', 1, 0, n, status,
      case when status = 'retired' then now() - n * interval '10 seconds' end, 1, case when status = 'failed' then 'it broke' end
    from (select made.*, nextval('xqueue_ids') as n from made) m,
      lateral (select case when n % 500 = 0 then 'failed' when n % 50 = 0 then 'pending' else 'retired' end as status) s`,
    query_timeout: 0,
  } as pg.QueryConfig)
  await pool.query('vacuum analyze')
  await time('queues', () => readQueues(db))
  await time('first page', () => readJobs(db, { limit: 50 }))
  await time('failed', () => readJobs(db, { limit: 50, state: 'failed' }))
  await time('failed of one queue, two deliveries or more (none)', () =>
    readJobs(db, { limit: 50, state: 'failed', queue: 'one', deliveries_min: 2 }),
  )
  await time('search, a student', () => readJobs(db, { limit: 50, search: 'c4ca4238a0b923820dcc509a6f75849b' }))
  await time('search, nobody', () => readJobs(db, { limit: 50, search: 'nobody at all' }))
  await time('search, a pull key', () => readJobs(db, { limit: 50, search: `1.${'A'.repeat(43)}` }))
} finally {
  await drop()
}

async function time(label: string, work: () => Promise<unknown>): Promise<void> {
  const took: number[] = []
  for (let i = 0; i < 10; i++) {
    const began = performance.now()
    await work()
    took.push(performance.now() - began)
  }
  took.sort((a, b) => a - b)
  console.log(`${label}: ${took[5]!.toFixed(0)} ms, slowest ${took[9]!.toFixed(0)} ms`)
}
