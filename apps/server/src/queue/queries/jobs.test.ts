import { expect, test } from 'vitest'
import { statementsOf } from '../../../test/statements.ts'
import type { Db } from '../../db/database.ts'
import { enqueue } from '../enqueue.ts'
import { leaseJobs } from '../lease.ts'
import { expiredJob, extendLease, handBack, listAhead, listStandings, putBack, requeueFailed, retireJob } from './jobs.ts'

const hash = Buffer.alloc(32)
const calls = (n: number) => (db: Db) => {
  const key = { job_id: `job-${n}`, lease_generation: n, lease_hash: hash }
  const job = {
    queue: 'gradus',
    id: `job-${n}`,
    kind: 'run',
    subject_id: `s-${n}`,
    share_id: `c-${n}`,
    principal_id: `p-${n}`,
    needs: `l-${n}`,
    work_ms: n,
  } as const
  return [
    () => enqueue(db, job),
    () => leaseJobs(db, { worker: `w-${n}`, languages: Array(n).fill('c'), max_jobs: n }),
    () => extendLease(db, key, Array(n).fill({ key: 'k', verdict: 'accepted' }), 'channel'),
    () => retireJob(db, key, hash, null),
    () => handBack(db, key),
    () => putBack(db, expiredJob, `failure ${n}`, n === 1),
    () => requeueFailed(db, `s-${n}`),
    () => listStandings(db, Array(n).fill('id')),
    () => listAhead(db, Array(n).fill('id')),
  ]
}
const all = (n: number) =>
  statementsOf(async (db) => {
    for (const call of calls(n)(db)) await call()
  })

test('the statements of the queue', async () => {
  await expect((await all(1)).join(';\n\n')).toMatchFileSnapshot('./jobs.test.sql')
})

test('never vary with what they are given, so that a prepared one is always the same', async () => {
  expect(await all(7)).toEqual(await all(1))
})
