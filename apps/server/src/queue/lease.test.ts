import { createHash } from 'node:crypto'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/database.ts'
import { transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { enqueue, NO_SHARE, OWN_QUEUE } from './enqueue.ts'
import { finishJob } from './finish.ts'
import { heartbeat } from './heartbeat.ts'
import { type Lease, leaseJobs } from './lease.ts'
import { failTry, handBackJob } from './release.ts'
import { requeueJob } from './requeue.ts'
import { sweepExpired } from './sweep.ts'

let database: TestDatabase
const learner = newId()
beforeEach(async () => {
  await database?.close()
  database = await openTestDatabase(16)
  await database.db.insertInto('principals').values({ id: learner, kind: 'user' }).execute()
})
afterAll(() => database.close())

async function aJob(of: { share_id?: string; needs?: string; work_ms?: number; principal_id?: string } = {}): Promise<string> {
  const id = newId()
  await enqueue(database.db, {
    id,
    queue: OWN_QUEUE,
    kind: 'run',
    subject_id: newId(),
    share_id: NO_SHARE,
    principal_id: learner,
    needs: 'python',
    work_ms: 1000,
    ...of,
  })
  return id
}
const take = async (max_jobs = 1, languages = ['python']): Promise<Lease[]> => leaseJobs(database.db, { worker: 'w', languages, max_jobs })
const jobRow = (id: string) => database.db.selectFrom('grading_jobs').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const expire = (id: string) =>
  database.pool.query(
    "update grading_jobs set lease_expires_at = now() - interval '1 second', available_at = now() - interval '1 hour' where id = $1",
    [id],
  )
const comeDue = (id: string) => database.pool.query("update grading_jobs set available_at = now() - interval '1 second' where id = $1", [id])
const report = (text = 'r') => createHash('sha256').update(text).digest()
const finish = (lease: Pick<Lease, 'job_id' | 'lease_token'>, text?: string) =>
  transact(database.db, (tx) => finishJob(tx, { ...lease, report_sha256: report(text) }))
const sweep = () => sweepExpired(database.db, async () => {})

describe('a lease', () => {
  test('has a secret of its own every time, of which only the hash is stored', async () => {
    const id = await aJob()
    const [first] = await take()
    await handBackJob(database.db, first!)
    const [second] = await take()
    expect(second!.lease_token).not.toBe(first!.lease_token)
    const row = await jobRow(id)
    expect(row).toMatchObject({ status: 'pulled', lease_generation: 2, leased_by: 'w' })
    expect(second!.lease_token).toMatch(/^2\.[A-Za-z0-9_-]{43}$/)
    expect(JSON.stringify(row)).not.toContain(second!.lease_token.split('.')[1])
    expect(row.lease_hash!.equals(createHash('sha256').update(second!.lease_token.split('.')[1]!).digest())).toBe(true)
  })

  test('counts a try when it is given, and lasts as the queue says, at most to three times the work and a minute', async () => {
    const id = await aJob({ work_ms: 4000 })
    const [lease] = await take()
    const row = await jobRow(id)
    expect(row.tries).toBe(1)
    expect(Date.parse(row.lease_expires_at!) - Date.parse(row.leased_at!)).toBe(30_000)
    expect(Date.parse(row.hard_cap_at!) - Date.parse(row.leased_at!)).toBe(72_000)
    expect(lease).toMatchObject({ hard_cap_at: row.hard_cap_at, lease_seconds: 30, needs: 'python', kind: 'run' })
  })

  test('goes only to a worker that can do the work, and never from a queue that is switched off', async () => {
    await aJob({ needs: 'java' })
    expect(await take(5, ['python', 'c'])).toEqual([])
    await database.pool.query('update queues set is_enabled = false')
    expect(await take(5, ['java'])).toEqual([])
    await database.pool.query('update queues set is_enabled = true')
    expect(await take(5, ['python', 'java'])).toHaveLength(1)
  })

  test('two workers never hold one job: sixteen at once get each of 200 jobs exactly once', async () => {
    const shares = [newId(), newId(), newId()]
    await Promise.all(Array.from({ length: 200 }, (_, i) => aJob({ share_id: shares[i % 3]! })))
    const got: string[] = []
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let empty = 0; empty < 3; ) {
          const leases = await take(4)
          if (leases.length === 0) empty++
          got.push(...leases.map((lease) => lease.job_id))
        }
      }),
    )
    expect(got).toHaveLength(200)
    expect(new Set(got).size).toBe(200)
  })
})

describe('heartbeats', () => {
  test('keep a lease but never beyond its hard cap', async () => {
    const id = await aJob({ work_ms: 1 })
    const [lease] = await take()
    await database.pool.query(
      "update grading_jobs set lease_expires_at = now() + interval '1 second', hard_cap_at = now() + interval '5 seconds' where id = $1",
      [id],
    )
    const { lease_expires_at } = await heartbeat(database.db, { ...lease!, finished: [] })
    expect(lease_expires_at).toBe((await jobRow(id)).hard_cap_at)
    await database.pool.query('update grading_jobs set hard_cap_at = now() where id = $1', [id])
    await expect(heartbeat(database.db, { ...lease!, finished: [] })).rejects.toMatchObject({ code: 'lease_lost' })
  })

  test('collect each finished test once, as many as a job can have', async () => {
    const id = await aJob()
    const [lease] = await take()
    await heartbeat(database.db, { ...lease!, finished: [{ key: 'a', verdict: 'accepted' }] })
    await heartbeat(database.db, {
      ...lease!,
      finished: [
        { key: 'a', verdict: 'wrong_answer' },
        { key: 'b', verdict: 'accepted' },
      ],
    })
    expect((await jobRow(id)).finished).toEqual([
      { key: 'a', verdict: 'accepted' },
      { key: 'b', verdict: 'accepted' },
    ])
    for (let round = 0; round < 3; round++) {
      await heartbeat(database.db, { ...lease!, finished: Array.from({ length: 200 }, (_, i) => ({ key: `${round}-${i}`, verdict: 'accepted' })) })
    }
    expect(((await jobRow(id)).finished as unknown[]).length).toBe(202)
  })

  test('change no column of an index, so they stay heap-only updates', async () => {
    const { rows } = await database.pool.query<{ def: string }>(
      "select pg_get_indexdef(indexrelid) as def from pg_index where indrelid = 'grading_jobs'::regclass",
    )
    expect(rows.length).toBeGreaterThan(3)
    expect(rows.filter(({ def }) => /lease_expires_at|finished/.test(def))).toEqual([])
  })
})

describe('I5: a result enters only under the live lease', () => {
  test('never with another token, generation or job, and nothing changes', async () => {
    const [id, other] = [await aJob(), await aJob()]
    const leases = await take(2)
    const lease = leases.find((one) => one.job_id === id)!
    const before = await jobRow(id)
    const secret = lease.lease_token.split('.')[1]!
    const foreign = leases.find((one) => one.job_id === other)!.lease_token
    for (const lease_token of [foreign, `2.${secret}`, `0.${secret}`, secret, `1.${'A'.repeat(43)}`, '1.', '', `1.${secret}x`]) {
      await expect(finish({ job_id: id, lease_token })).rejects.toMatchObject({ code: 'lease_lost' })
      await expect(heartbeat(database.db, { job_id: id, lease_token, finished: [] })).rejects.toMatchObject({ code: 'lease_lost' })
      await expect(handBackJob(database.db, { job_id: id, lease_token })).rejects.toMatchObject({ code: 'lease_lost' })
      await expect(transact(database.db, (tx) => failTry(tx, { job_id: id, lease_token, detail: '' }))).rejects.toMatchObject({ code: 'lease_lost' })
    }
    expect(await jobRow(id)).toEqual(before)
    expect(await finish(lease)).toMatchObject({ job_id: id, generation: 1 })
  })

  test('row 4: a late answer is taken while nobody else has the job, and refused once somebody has', async () => {
    const [taken, refused] = [await aJob(), await aJob()]
    const leases = await take(2)
    const [late, too_late] = [taken, refused].map((id) => leases.find((lease) => lease.job_id === id)!)
    await expire(taken)
    await expire(refused)
    expect(await sweep()).toBe(2)
    expect((await jobRow(taken)).status).toBe('retry')
    expect(await finish(late!)).toMatchObject({ job_id: taken })
    await comeDue(refused)
    const [second] = await take()
    expect(second!.job_id).toBe(refused)
    await expect(finish(too_late!)).rejects.toMatchObject({ code: 'lease_lost' })
    expect(await finish(second!)).toMatchObject({ job_id: refused })
    expect((await jobRow(refused)).status).toBe('retired')
  })

  test('a job that was handed back, or failed, takes no late answer', async () => {
    await aJob()
    const [first] = await take()
    await handBackJob(database.db, first!)
    await expect(finish(first!)).rejects.toMatchObject({ code: 'lease_lost' })
    const [second] = await take()
    await transact(database.db, (tx) => failTry(tx, { ...second!, detail: 'box' }))
    await expect(finish(second!)).rejects.toMatchObject({ code: 'lease_lost' })
  })

  test('row 15: twenty same reports at once: one enters, the others are told it did', async () => {
    await aJob()
    const [lease] = await take()
    const answers = await Promise.all(Array.from({ length: 20 }, () => finish(lease!)))
    expect(answers.filter((answer) => answer !== null)).toHaveLength(1)
    await expect(finish(lease!, 'another report')).rejects.toMatchObject({ code: 'lease_lost' })
  })

  test('a sweep never touches a job that was finished at the same instant (River #1302)', async () => {
    const ids = await Promise.all(Array.from({ length: 30 }, () => aJob()))
    const leases = await take(30)
    for (const id of ids) await expire(id)
    const [finished] = await Promise.all([Promise.allSettled(leases.map((lease) => finish(lease))), ...Array.from({ length: 4 }, () => sweep())])
    expect(finished.filter((one) => one.status === 'rejected')).toEqual([])
    const states = await database.db.selectFrom('grading_jobs').select('status').where('id', 'in', ids).execute()
    expect(new Set(states.map((row) => row.status))).toEqual(new Set(['retired']))
  })
})

describe('tries', () => {
  test('row 14: three leases without a result, then it needs staff; each waits behind the others', async () => {
    const id = await aJob()
    const pauses: number[] = []
    for (let round = 1; round <= 3; round++) {
      const [lease] = await take()
      expect(lease!.job_id).toBe(id)
      if (round === 2) await transact(database.db, (tx) => failTry(tx, { ...lease!, detail: 'the box failed' }))
      else {
        await expire(id)
        expect(await sweep()).toBe(1)
      }
      const row = await jobRow(id)
      expect(row.tries).toBe(round)
      if (row.status === 'retry') pauses.push(Math.round((Date.parse(row.available_at) - Date.parse(row.status_at)) / 1000))
      expect(await take()).toEqual([])
      await comeDue(id)
    }
    expect(pauses).toEqual([2, 4])
    expect(await jobRow(id)).toMatchObject({ status: 'failed', tries: 3, failure: 'The worker did not come back.', lease_hash: null })
    expect(await take()).toEqual([])
    expect(await sweep()).toBe(0)
  })

  test('row 25: a worker that stops gives the job back at no cost, as often as it happens, and it keeps its place', async () => {
    const id = await aJob()
    await aJob()
    for (let round = 0; round < 5; round++) {
      const [lease] = await take()
      expect(lease!.job_id).toBe(id)
      await handBackJob(database.db, lease!)
    }
    expect(await jobRow(id)).toMatchObject({ status: 'pending', tries: 0 })
  })

  test('staff put a failed job back with all its tries, and nothing else', async () => {
    const id = await aJob()
    const { subject_id } = await jobRow(id)
    await expect(transact(database.db, (tx) => requeueJob(tx, subject_id))).rejects.toMatchObject({ code: 'job_not_failed' })
    await database.pool.query("update grading_jobs set status = 'failed', tries = 3, failure = 'it broke' where id = $1", [id])
    const back = await Promise.allSettled(Array.from({ length: 5 }, () => transact(database.db, (tx) => requeueJob(tx, subject_id))))
    expect(back.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
    expect(await jobRow(id)).toMatchObject({ status: 'pending', tries: 0, failure: null })
  })

  test('ten sweepers at once put each expired job back once', async () => {
    await Promise.all(Array.from({ length: 40 }, () => aJob()))
    for (const { job_id } of [...(await take(32)), ...(await take(32))]) await expire(job_id)
    const swept = await Promise.all(Array.from({ length: 10 }, () => sweep()))
    expect(swept.reduce((sum, n) => sum + n, 0)).toBe(40)
    const rows = await database.db.selectFrom('grading_jobs').select(['tries', 'status']).execute()
    expect(new Set(rows.map((row) => `${row.status} ${row.tries}`))).toEqual(new Set(['retry 1']))
  })
})
