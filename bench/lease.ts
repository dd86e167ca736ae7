import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { leaseJobs } from '../apps/server/src/queue/lease.ts'
import { jobsAhead } from '../apps/server/src/queue/position.ts'
import { openScratch } from './scratch.ts'

/**
 * `node bench/lease.ts`: what a lease and a place in the line cost with 200,000 retired and 20,000 waiting jobs, and what
 * other ways to find the next jobs would. Needs DATABASE_URL of a server on which a database may be made. Fastest
 * and median times: the fastest are what the work costs, the rest is the machine.
 */
const RETIRED = 200_000
const WAITING = 20_000
/** Courses with waiting jobs, and courses there are. */
const ACTIVE = 20
const COURSES = 2_000

const { db, pool, drop } = await openScratch(8)
try {
  await populate()
  await measureCandidates()
  await measureLeases()
  await measurePlaces()
} finally {
  await drop()
}

async function populate(): Promise<void> {
  const jobs = (count: number, columns: string, values: string) =>
    `insert into grading_jobs (id, queue, kind, subject_id, share_id, principal_id, needs, work_ms, turn, ${columns})
     select gen_random_uuid(), 'gradus', 'submission', gen_random_uuid(), s.share_id, p.id,
       case when i % 10 = 0 then 'java' else 'python' end, 1000, i / ${ACTIVE}, ${values}
     from generate_series(1, ${count}) i join bench_shares s on s.n = 1 + i % ${ACTIVE} join bench_people p on p.n = 1 + (i / 7) % 500`
  for (const statement of [
    `insert into principals select gen_random_uuid(), 'user' from generate_series(1, 500)`,
    'create table bench_people as select id, row_number() over () as n from principals',
    `insert into queue_shares (queue, share_id) select 'gradus', gen_random_uuid() from generate_series(1, ${COURSES})`,
    'create table bench_shares as select share_id, row_number() over () as n from queue_shares',
    jobs(RETIRED, 'status, retired_at, tries', `'retired', now(), 1`),
    jobs(WAITING, 'status', `'pending'`),
    'vacuum analyze',
  ]) {
    await pool.query({ text: statement, query_timeout: 0 } as pg.QueryConfig)
  }
}

async function time(label: string, times: number, work: () => Promise<unknown>): Promise<void> {
  const took: number[] = []
  for (let i = 0; i < times; i++) {
    const began = performance.now()
    await work()
    took.push(performance.now() - began)
  }
  took.sort((a, b) => a - b)
  console.log(`${label}: fastest ${took[0]!.toFixed(2)} ms, median ${took[times >> 1]!.toFixed(2)} ms`)
}

/** The part of a lease that finds candidates, and two other ways to do it. */
async function measureCandidates(): Promise<void> {
  const isWaiting = `queue = 'gradus' and status in ('pending', 'retry')`
  const wanted = `'{python,javascript}'::text[]`
  const named = (name: string, text: string) => () => pool.query({ name, text })
  await time(
    'candidates, hopping from one share with work to the next',
    100,
    named(
      'hop',
      `with recursive pairs as (
        (select share_id, needs from grading_jobs where ${isWaiting} order by share_id, needs limit 1)
        union all select next.share_id, next.needs from pairs, lateral (
          select share_id, needs from grading_jobs where ${isWaiting} and (share_id, needs) > (pairs.share_id, pairs.needs) order by share_id, needs limit 1) next)
      select job.id from pairs, lateral (
        select id from grading_jobs where ${isWaiting} and share_id = pairs.share_id and needs = pairs.needs and available_at <= now()
        order by priority, turn, id limit 5) job where pairs.needs = any(${wanted})`,
    ),
  )
  await time(
    `candidates, looking into each of ${COURSES} shares`,
    40,
    named(
      'shares',
      `select job.id from queue_shares s, unnest(${wanted}) l, lateral (
        select id from grading_jobs where ${isWaiting} and share_id = s.share_id and needs = l and available_at <= now()
        order by priority, turn, id limit 5) job`,
    ),
  )
  await time(
    'candidates, numbering all that wait',
    20,
    named(
      'number',
      `select id from (
        select id, row_number() over (partition by share_id order by priority, turn, id) as round
        from grading_jobs where ${isWaiting} and needs = any(${wanted}) and available_at <= now()) waiting order by round limit 64`,
    ),
  )
}

async function measureLeases(): Promise<void> {
  const lease = (max_jobs: number, language = 'python') => leaseJobs(db, { worker: 'bench', languages: [language], max_jobs })
  await time('a lease of 1 job, committed', 300, () => lease(1))
  await time('a lease of 4 jobs, committed', 300, () => lease(4))
  await time('a lease in vain', 200, () => lease(1, 'c'))
  for (const workers of [1, 8]) {
    const sizes: number[] = []
    const began = performance.now()
    await Promise.all(
      Array.from({ length: workers }, async () => {
        for (let i = 0; i < 60; i++) sizes.push((await lease(2)).length)
      }),
    )
    const a_second = Math.round(sizes.length / ((performance.now() - began) / 1000))
    console.log(
      `${workers} workers at once: ${a_second} leases of 2 a second, ${sizes.filter((size) => size < 2).length} of ${sizes.length} not full`,
    )
  }
}

async function measurePlaces(): Promise<void> {
  const ids = async (order: string, count: number) =>
    (
      await pool.query<{ id: string }>(`select subject_id as id from grading_jobs where status = 'pending' order by ${order} limit ${count}`)
    ).rows.map((r) => r.id)
  for (const [label, subjects] of [
    ['the first in line', await ids('turn', 1)],
    ['the last in line', await ids('turn desc', 1)],
    ['100 anywhere in line', await ids(`md5(id::text || '${randomBytes(2).toString('hex')}')`, 100)],
  ] as const) {
    await time(`places of ${label}`, 30, () => jobsAhead(db, subjects))
  }
}
