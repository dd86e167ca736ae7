import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aGrader, type Grader, reportOf } from '../test/grader.ts'
import { type Guest, guestWork, type Scene } from '../test/guest-work.ts'
import { openTestServer, type TestServer, type Visitor } from '../test/server.ts'
import { adoption } from './adoption.ts'
import { newId } from './db/id.ts'
import { adoptGuest } from './identity/adopt-guest.ts'
import { adoptLate } from './submissions/adopt-late.ts'

let server: TestServer
let grader: Grader
beforeAll(async () => {
  server = await openTestServer({}, 16)
  grader = await aGrader(server)
})
afterAll(() => server.close())

const { aScene, aGuest, complete, handIn, register, login, stepsOf, rowsOf } = guestWork(() => server)

/** What a learner has of a step, as anybody would write it down: attempts add up, the best stays, done once is done, since the first time. */
interface Model {
  attempts: number
  best: number | null
  done_at: string | null
}
const aModel = (): Model[] => Array.from({ length: 3 }, () => ({ attempts: 0, best: null, done_at: null }))
const scored = (at: Model, ratio: number | null): void => {
  if (ratio !== null) at.best = Math.max(at.best ?? 0, ratio)
}
const done = (at: Model, when: string | null): void => {
  if (when !== null) at.done_at = at.done_at === null || when < at.done_at ? when : at.done_at
}

/** Points of the three that an answer gets; it says so itself, so that whoever grades it, and whenever, knows. */
type Points = 0 | 1 | 3
const codeOf = (points: Points): string => `print(${points})`

type Act = { act: 'complete'; step: 0 | 1; score: number | null } | { act: 'hand_in'; points: Points } | { act: 'replay'; nth: number }
const work = fc.oneof(
  { weight: 3, arbitrary: fc.record({ act: fc.constant('complete'), step: fc.constantFrom(0, 1), score: fc.constantFrom(null, 0, 0.25, 0.5, 1) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('hand_in'), points: fc.constantFrom(0, 1, 3) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('replay'), nth: fc.nat({ max: 20 }) }) },
) as fc.Arbitrary<Act>

/** Grades what waits, and writes down what the server then says: a result may come long after its owner became another. */
async function gradeAll(): Promise<Points[]> {
  const given: Points[] = []
  for (;;) {
    const jobs = await grader.lease({ max_jobs: 16 })
    if (jobs.length === 0) return given
    for (const job of jobs) {
      const points = Number(/\d/.exec(Buffer.from(job.code_base64, 'base64').toString())![0]) as Points
      const report = reportOf(job, points === 3 ? 'accepted' : 'wrong_answer', { t1: points === 0 ? 'wrong_answer' : 'accepted' })
      expect((await grader.report(job, report)).statusCode).toBe(200)
      given.push(points)
    }
  }
}

/** One browser at work; its acts move the model by what was sent, and dates by what the server answered. */
function aBrowser(who: Visitor, scene: Scene, model: Model[]) {
  const sent: (() => Promise<unknown>)[] = []
  return async (one: Act): Promise<void> => {
    const key = newId()
    if (one.act === 'complete') {
      const mark = () => complete(who, scene.steps[one.step]!, one.score, key)
      done(model[one.step]!, (await mark()).json().completed_at)
      scored(model[one.step]!, one.score)
      sent.push(mark)
    } else if (one.act === 'hand_in') {
      const hand = () => handIn(who, scene.aq, key, codeOf(one.points))
      await hand()
      model[2]!.attempts++
      sent.push(hand)
    } else if (sent.length > 0) await sent[one.nth % sent.length]!()
  }
}

async function expectModel(home: Visitor & { id: string }, scene: Scene, model: Model[], guests: readonly string[]): Promise<void> {
  const found = await stepsOf(home, scene.course_id)
  expect(found.map(({ attempts, score, completed, completed_at }) => ({ attempts, best: score, done_at: completed ? completed_at : null }))).toEqual(
    model.map((step) => ({ ...step, best: step.best === null ? null : expect.closeTo(step.best, 9) })),
  )
  const issued = await server.db.selectFrom('certificates').select('revoked_at').where('principal_id', '=', home.id).execute()
  const standing = issued.filter((certificate) => certificate.revoked_at === null)
  expect(standing.length).toBe(model.every((step) => step.done_at !== null) ? 1 : 0)
  for (const guest_id of guests) expect(await rowsOf(guest_id)).toBe(0)
  const numbers = await server.db.selectFrom('submissions').select('attempt_number').where('principal_id', '=', home.id).execute()
  expect(numbers.map((row) => row.attempt_number).sort((a, b) => a - b)).toEqual(Array.from({ length: model[2]!.attempts }, (_, i) => i + 1))
}

test('any interleaving of guest work, results, sign-ins, replays and completions ends where a simple model does', async () => {
  const act = fc.oneof(
    { weight: 7, arbitrary: fc.record({ by: fc.constantFrom('guest', 'home'), one: work }) },
    { weight: 3, arbitrary: fc.constantFrom('grade', 'sign_in', 'adopt_again') },
  ) as fc.Arbitrary<{ by: 'guest' | 'home'; one: Act } | 'grade' | 'sign_in' | 'adopt_again'>
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 16 }), async (acts) => {
      const scene = await aScene()
      const visitor = server.visitor()
      const { email, id } = await register(visitor)
      const home = { ...visitor, id }
      const model = aModel()
      const atHome = aBrowser(home, scene, model)
      let guest = await aGuest(scene)
      let asGuest = aBrowser(guest, scene, model)
      const moves: { guest_id: string; user_id: string }[] = []
      const grade = async () => {
        for (const points of await gradeAll()) scored(model[2]!, points / 3)
        for (const who of [guest, home]) done(model[2]!, (await stepsOf(who, scene.course_id))[2]!.completed_at)
      }
      const signIn = async () => {
        expect((await login(guest, email)).json().guest_work.state).not.toBe('pending')
        moves.push({ guest_id: guest.id, user_id: id })
        guest = await aGuest(scene)
        asGuest = aBrowser(guest, scene, model)
      }
      for (const one of acts) {
        if (one === 'grade') await grade()
        else if (one === 'sign_in') await signIn()
        else if (one === 'adopt_again') {
          if (moves.length > 0) await adoptGuest(server.db, adoption, moves.at(-1)!)
        } else await (one.by === 'guest' ? asGuest : atHome)(one.one)
      }
      await signIn()
      await grade()
      await expectModel(home, scene, model, [...moves.map((move) => move.guest_id)])
    }),
    { numRuns: 40, endOnFailure: false },
  )
}, 300_000)

test('so it does where everything happens at once: three guests and the user work, results come in, and all three sign in', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(work, { maxLength: 6 }), { minLength: 4, maxLength: 4 }), async ([own, ...lists]) => {
      const scene = await aScene()
      const visitor = server.visitor()
      const { email, id } = await register(visitor)
      const home = { ...visitor, id }
      const model = aModel()
      const guests: Guest[] = []
      for (const _ of lists) guests.push(await aGuest(scene))
      const play = async (who: Visitor, acts: readonly Act[]): Promise<void> => {
        const browser = aBrowser(who, scene, model)
        for (const one of acts) await browser(one)
      }
      let isOver = false
      const grading = (async () => {
        const given: Points[] = []
        while (!isOver) given.push(...(await gradeAll()))
        return [...given, ...(await gradeAll())]
      })()
      await Promise.all([
        play(home, own!),
        ...guests.map(async (guest, i) => {
          await play(guest, lists[i]!)
          expect((await login(guest, email)).statusCode).toBe(200)
        }),
      ]).finally(() => {
        isOver = true
      })
      for (const points of await grading) scored(model[2]!, points / 3)
      await adoptLate(server.db, adoption)
      // What could not be moved at that instant moves with the next request of its browser.
      for (const guest of guests) await guest.send('GET', '/api/auth/me')
      const found = await stepsOf(home, scene.course_id)
      // A result completes the step at a moment of which nobody is told; that it did must show.
      if (model[2]!.best === 1) {
        expect(found[2]!.completed_at).not.toBeNull()
        done(model[2]!, found[2]!.completed_at)
      }
      await expectModel(
        home,
        scene,
        model,
        guests.map((guest) => guest.id),
      )
    }),
    { numRuns: 12, endOnFailure: false },
  )
}, 300_000)
