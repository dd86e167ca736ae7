import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/database.ts'
import { newId } from '../db/id.ts'
import { enqueue, OWN_QUEUE } from './enqueue.ts'
import { leaseJobs } from './lease.ts'
import { jobsAhead } from './position.ts'

let database: TestDatabase
const learners = Array.from({ length: 40 }, () => newId())
beforeAll(async () => {
  database = await openTestDatabase(8)
  await database.db
    .insertInto('principals')
    .values(learners.map((id) => ({ id, kind: 'user' })))
    .execute()
})
afterAll(() => database.close())
beforeEach(() => database.pool.query('truncate grading_jobs, queue_shares, queue_turns'))

const hand = async (share_id: string, principal_id: string, needs = 'python'): Promise<string> => {
  const subject_id = newId()
  await enqueue(database.db, { id: newId(), queue: OWN_QUEUE, kind: 'submission', subject_id, share_id, principal_id, needs, work_ms: 1000 })
  return subject_id
}
const take = async (max_jobs = 1): Promise<string[]> =>
  (await leaseJobs(database.db, { worker: 'w', languages: ['python'], max_jobs })).map((lease) => lease.subject_id)
const takeAll = async (max_jobs = 1): Promise<string[]> => {
  const order: string[] = []
  for (let taken = await take(max_jobs); taken.length > 0; taken = await take(max_jobs)) order.push(...taken)
  return order
}

describe('I9: nobody delays another beyond their share', () => {
  test('one learner with 500 waiting jobs delays a classmate by one', async () => {
    const course = newId()
    for (let i = 0; i < 500; i++) await hand(course, learners[0]!)
    const mine = await hand(course, learners[1]!)
    expect((await take(2)).slice(0, 2)).toContain(mine)
  })

  test('fifty of one learner at the same instant still stand in one line', async () => {
    const course = newId()
    await Promise.all(Array.from({ length: 50 }, () => hand(course, learners[0]!)))
    const turns = await database.db.selectFrom('grading_jobs').select('turn').execute()
    expect(new Set(turns.map((row) => row.turn)).size).toBe(50)
  })

  test('a course with 300 waiting jobs delays another course by one', async () => {
    const [busy, quiet] = [newId(), newId()]
    for (let i = 0; i < 300; i++) await hand(busy, learners[i % 40]!)
    await take(8)
    const mine = await hand(quiet, learners[0]!)
    expect(await take(2)).toContain(mine)
  })

  test('a course that was idle gets its turns, and nothing for the time it was away', async () => {
    const [busy, back] = [newId(), newId()]
    for (let i = 0; i < 60; i++) await hand(busy, learners[i % 10]!)
    for (let i = 0; i < 30; i++) await take()
    const late = new Set(await Promise.all(Array.from({ length: 30 }, (_, i) => hand(back, learners[10 + (i % 10)]!))))
    const order = (await takeAll()).map((id) => late.has(id))
    // Strictly in turn: of any two jobs in a row one is of each course.
    for (let i = 0; i + 1 < 60; i += 2) expect(order.slice(i, i + 2).sort()).toEqual([false, true])
  })

  test('several at once are dealt out as one by one', async () => {
    const courses = [newId(), newId(), newId()]
    const of = new Map<string, string>()
    for (const course of courses) for (let i = 0; i < 8; i++) of.set(await hand(course, learners[i]!), course)
    for (let round = 0; round < 4; round++) {
      const served = (await take(6)).map((id) => of.get(id)!)
      for (const course of courses) expect(served.filter((one) => one === course)).toHaveLength(2)
    }
  })

  test('whatever the mix, a learner waits for at most two jobs of each other learner and one of each other course per own', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            { weight: 3, arbitrary: fc.record({ course: fc.nat(2), learner: fc.nat(5), jobs: fc.integer({ min: 1, max: 12 }) }) },
            { weight: 1, arbitrary: fc.record({ lease: fc.integer({ min: 1, max: 3 }) }) },
          ),
          { minLength: 4, maxLength: 25 },
        ),
        async (steps) => {
          await database.pool.query('truncate grading_jobs, queue_shares, queue_turns')
          const courses = [newId(), newId(), newId()]
          const of = new Map<string, { course: string; learner: string }>()
          const waiting = new Set<string>()
          for (const step of steps) {
            if ('lease' in step) for (const id of await take(step.lease)) waiting.delete(id)
            else
              for (let i = 0; i < step.jobs; i++) {
                const [course, learner] = [courses[step.course]!, learners[step.learner]!]
                const id = await hand(course, learner)
                of.set(id, { course, learner })
                waiting.add(id)
              }
          }
          // A newcomer in the first course, with nothing waiting there.
          const newcomer = await hand(courses[0]!, learners[39]!)
          const others = new Set([...waiting].filter((id) => of.get(id)!.course === courses[0]).map((id) => of.get(id)!.learner)).size
          const order = await takeAll()
          expect(order).toHaveLength(waiting.size + 1)
          const before = order.slice(0, order.indexOf(newcomer))
          const ownCourse = before.filter((id) => of.get(id)!.course === courses[0]).length
          expect(ownCourse).toBeLessThanOrEqual(2 * others)
          for (const course of courses.slice(1)) {
            expect(before.filter((id) => of.get(id)!.course === course).length).toBeLessThanOrEqual(ownCourse + 1)
          }
        },
      ),
      { numRuns: 25 },
    )
  })
})

test('the place in the line that is told is the one that is kept, while nothing changes', async () => {
  const courses = [newId(), newId()]
  const ids: string[] = []
  for (let i = 0; i < 24; i++) ids.push(await hand(courses[i % 3 === 0 ? 1 : 0]!, learners[i % 5]!))
  await take(3)
  const told = await jobsAhead(database.db, ids)
  const order = await takeAll()
  expect(told.size).toBe(21)
  for (const [id, ahead] of told) expect(Math.abs(ahead - order.indexOf(id)), `${ahead} told, ${order.indexOf(id)} found`).toBeLessThanOrEqual(1)
})
