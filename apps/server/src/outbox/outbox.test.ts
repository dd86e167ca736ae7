import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/database.ts'
import { transact } from '../db/database.ts'
import { startDeliveries, type Tasks } from './deliver.ts'
import { migrateOutbox } from './migrate.ts'
import { send } from './send.ts'

let database: TestDatabase
const quiet = { info() {}, warn() {}, error() {} }
beforeAll(async () => {
  database = await openTestDatabase(8)
})
afterAll(() => database.close())
beforeEach(() => database.pool.query('delete from graphile_worker._private_jobs'))

const waiting = async () =>
  (
    await database.pool.query<{ task_identifier: string; payload: unknown; attempts: number; last_error: string | null }>(
      'select task_identifier, p.payload, p.attempts, p.last_error from graphile_worker.jobs join graphile_worker._private_jobs p using (id) order by id',
    )
  ).rows
function collecting(): { tasks: Tasks; got: unknown[] } {
  const got: unknown[] = []
  const tasks: Tasks = {
    submission_accepted: async (message) => void got.push(message),
    job_failed: async (message) => void got.push(message),
    policy_changed: async (message) => void got.push(message),
    blob_unused: async (message) => void got.push(message),
  }
  return { tasks, got }
}
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()) && tries < 500; tries++) await sleep(20)
  expect(await isSo()).toBe(true)
}

describe('a message', () => {
  test('is there exactly if its transaction commits', async () => {
    await transact(database.db, (tx) => send(tx, 'policy_changed', { assignment_id: 'kept' }))
    await expect(
      transact(database.db, async (tx) => {
        await send(tx, 'policy_changed', { assignment_id: 'lost' })
        throw new Error('rolled back')
      }),
    ).rejects.toThrow('rolled back')
    expect(await waiting()).toMatchObject([{ task_identifier: 'policy_changed', payload: { assignment_id: 'kept' } }])
  })

  test('with a key replaces the undelivered one of the same key', async () => {
    for (const assignment_id of ['one', 'two', 'three']) await send(database.db, 'policy_changed', { assignment_id }, { key: 'the key' })
    expect(await waiting()).toMatchObject([{ payload: { assignment_id: 'three' } }])
  })

  test('is delivered after the commit, also one that was there before deliveries began, and then it is gone', async () => {
    await send(database.db, 'policy_changed', { assignment_id: 'before' })
    const { tasks, got } = collecting()
    const deliveries = await startDeliveries({ pool: database.pool, tasks, log: quiet })
    await send(database.db, 'job_failed', { job_id: 'j', kind: 'run', subject_id: 's', failure: 'f', tries: 3 })
    await until(() => got.length === 2)
    expect(got).toEqual([{ assignment_id: 'before' }, { job_id: 'j', kind: 'run', subject_id: 's', failure: 'f', tries: 3 }])
    await until(async () => (await waiting()).length === 0)
    await deliveries.stop()
  })

  test('that could not be delivered is kept with its error and tried again', async () => {
    const complaints: string[] = []
    const { tasks } = collecting()
    tasks.policy_changed = async () => {
      throw new Error('the receiver is away')
    }
    const deliveries = await startDeliveries({ pool: database.pool, tasks, log: { ...quiet, error: (_, message) => complaints.push(message) } })
    await send(database.db, 'policy_changed', { assignment_id: 'secret-of-the-payload' })
    await until(async () => (await waiting())[0]?.attempts === 1 && (await waiting())[0]?.last_error !== null)
    await deliveries.stop()
    expect((await waiting())[0]).toMatchObject({ last_error: expect.stringContaining('the receiver is away') })
    expect(complaints.length).toBeGreaterThan(0)
    expect(complaints.join()).not.toContain('secret-of-the-payload')
  })

  test('stopping lets a delivery that runs end', async () => {
    const { tasks, got } = collecting()
    let hasBegun = false
    tasks.policy_changed = async (message) => {
      hasBegun = true
      await sleep(300)
      got.push(message)
    }
    const deliveries = await startDeliveries({ pool: database.pool, tasks, log: quiet })
    await send(database.db, 'policy_changed', { assignment_id: 'slow' })
    await until(() => hasBegun)
    await deliveries.stop()
    expect(got).toEqual([{ assignment_id: 'slow' }])
    expect(await waiting()).toEqual([])
  })
})

test('migrating again, and from three servers at once, changes nothing', async () => {
  await Promise.all([migrateOutbox(database.pool), migrateOutbox(database.pool), migrateOutbox(database.pool)])
})
