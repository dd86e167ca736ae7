import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCourse, type Course } from './course.ts'
import { type Account, type Installation, jobsOf, openInstallation, pull, put, take, takeSoon } from './installation.ts'
import type { Connection } from './peers/connection.ts'
import { Lms } from './peers/lms.ts'
import { type Grade, toyGrade } from './peers/toy-grader.ts'
import { type Watched, watch } from './peers/watcher.ts'
import { watcher_new } from './peers/watcher-new.ts'

/** J7: an external grader's machine, against a course here and against an LMS, in the dialect of status codes. */
describe('J7: an external grader', () => {
  let installation: Installation
  let lms: Lms
  let account: Account
  let connection: Connection
  let course: Course
  const OWN = 'department'
  const GOOD = '{"correct": true, "score": 1, "msg": ""}'
  const grade = toyGrade()

  beforeAll(async () => {
    lms = await Lms.open()
    installation = await openInstallation()
    // As an operator sets it up: by command.
    await installation.admin('create-queue', OWN, '--lease-seconds', '1', '--max-deliveries', '2')
    await installation.admin('create-queue', 'org-course')
    const password = await installation.admin('create-grader', 'watcher', '--queues', `${OWN},org-course`, '--strict-status')
    account = { username: 'watcher', password }
    connection = await installation.enter(account)
    course = await aCourse(installation.product, OWN, async () => {
      const trial = await pull(connection, OWN)
      if (trial !== null) expect(await put(connection, trial.header, await grade(trial))).toEqual([200, 0, ''])
    })
  }, 240_000)
  afterAll(async () => {
    await installation?.product.stop()
    await lms?.close()
  })

  /** Watchers of the newer generation until `isOver`. */
  async function watching(threads: number, queue: string, how: Grade, isOver: () => Promise<boolean>): Promise<Watched[]> {
    const stopping = new AbortController()
    const { base_url } = installation
    const running = Array.from({ length: threads }, () =>
      watch(watcher_new, { base_url, queue, ...account, grade: how, poll_ms: 100 }, stopping.signal),
    )
    for (const until = performance.now() + 60_000; performance.now() < until && !(await isOver()); ) await sleep(20)
    stopping.abort()
    return await Promise.all(running)
  }

  test('1 to 3: logs in, polls an empty queue on, gets header, body and files, and fetches the file', async () => {
    const seen: string[] = []
    const fetching: Grade = async (submission) => {
      for (const url of Object.values(submission.files)) seen.push(await (await fetch(url)).text())
      return grade({ ...submission, body: submission.body.replace('"student_response":""', '"student_response":"right 1"') })
    }
    const started = Date.now()
    let learner: ReturnType<Lms['learnerOf']> | undefined
    const [watched] = await watching(1, 'org-course', fetching, async () => {
      if (Date.now() - started > 1_000 && learner === undefined) {
        const files = { 'main.py': 'print("ü")\n' }
        learner = (await lms.submit(installation.base_url, account, { queue: 'org-course', student: 'one', files })).learner
      }
      return learner?.applied.length === 1
    })
    expect(watched).toMatchObject({ sign_ins: 1, posted: 1, refused: [], timeouts: 0 })
    expect(watched!.polls).toBeGreaterThan(5)
    expect(watched!.pulled[0]!.header).toMatch(/^\{"submission_id":\d+,"submission_key":"[^"]+"\}$/)
    expect(JSON.parse(watched!.pulled[0]!.body)).toMatchObject({ grader_payload: '\n    {"grader": "toy.py"}\n  ', student_response: '' })
    expect([Object.keys(watched!.pulled[0]!.files), seen]).toEqual([['main.py'], ['print("ü")\n']])
  })

  test('4: ten watchers and 500 jobs of an LMS: each is graded once', async () => {
    const names = Array.from({ length: 500 }, (_, i) => `s${i}`)
    const started = performance.now()
    const left = [...names]
    const submitting = Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let student = left.shift(); student !== undefined; student = left.shift()) {
          const response = `right ${student.slice(1)}`
          const { said, requests } = await lms.submit(installation.base_url, account, { queue: 'org-course', student, response })
          expect([said.isOk, requests]).toEqual([true, 3])
        }
      }),
    ).then(() => performance.now() - started)
    const learners = names.map((student) => lms.learnerOf(student))
    const watched = await watching(10, 'org-course', grade, async () => learners.every(({ applied }) => applied.length > 0))
    const submitted_ms = await submitting
    expect(learners.map(({ applied }) => applied.map(({ score, correct }) => [score, correct]))).toEqual(names.map((_, i) => [[i, true]]))
    expect(learners.flatMap((learner) => (lms.callbacksOf(learner).length === 1 ? [] : [learner.path]))).toEqual([])
    const pulled = watched.flatMap((one) => one.pulled.map(({ id }) => id))
    expect([pulled.length, new Set(pulled).size, watched.reduce((sum, one) => sum + one.posted, 0)]).toEqual([500, 500, 500])
    const put_ms = watched.flatMap((one) => one.put_ms).sort((a, b) => a - b)
    const total = performance.now() - started
    console.log(
      `500 submissions of fresh sessions: ${Math.round(500_000 / submitted_ms)} a second; with ten watchers all delivered after ${Math.round(total)} ms; put_result p95 ${Math.round(put_ms[Math.floor(put_ms.length * 0.95)]!)} ms`,
    )
    expect(total).toBeLessThan(60_000)
  })

  test('5: half a point reaches the learner, with the grader’s words and without its scripts', async () => {
    const id = await course.handIn('half a program\r\n\tü')
    expect((await course.look(id)).state).toBe('queued')
    const submission = await take(connection, OWN)
    expect((await course.look(id)).state).toBe('grading')
    const body = JSON.parse(submission.body) as Record<string, string>
    expect(body).toMatchObject({ student_response: 'half a program\r\n\tü', grader_payload: '{"grader": "toy.py"}' })
    // A grader learns no name.
    expect(JSON.parse(body.student_info!)).toEqual({
      anonymous_student_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      submission_time: expect.stringMatching(/^\d{14}$/),
      random_seed: 1,
    })
    const msg = '<div class="x">half <b>right</b><script>alert(1)</script><img src="http://spy.example/x"></div>'
    expect(await put(connection, submission.header, JSON.stringify({ correct: false, score: 0.5, msg }))).toEqual([200, 0, ''])
    const seen = await course.look(id)
    expect([seen.state, seen.points, seen.points_possible]).toEqual(['graded', 0.5, 1])
    const html = seen.progress.outcome!.tests[0]!.detail.message_html!
    expect(html).toContain('half <b>right</b>')
    expect(html).not.toMatch(/script|alert|spy/)
    expect((await jobsOf(installation, OWN)).find(({ xqueue_id }) => xqueue_id === submission.id)).toMatchObject({ state: 'retired', deliveries: 1 })
  })

  test('6: a wrong key is 403, no JSON 400, a score above the points 400, a second answer 409: nothing changes', async () => {
    const id = await course.handIn('right 1')
    const submission = await take(connection, OWN)
    const wrong = JSON.stringify({ submission_id: submission.id, submission_key: 'k' })
    expect(await put(connection, wrong, GOOD)).toEqual([403, 1, 'Incorrect key for submission'])
    for (const bad of [
      '{"correct": true',
      'no JSON',
      '[]',
      '7',
      '{"correct": true, "msg": ""}',
      '{"score": 1.0001}',
      '{"score": 2, "correct": true, "msg": ""}',
    ])
      expect(await put(connection, submission.header, bad), bad).toEqual([400, 1, 'Incorrect reply format'])
    expect([(await course.look(id)).state, (await course.look(id)).points]).toEqual(['grading', null])
    expect(await put(connection, submission.header, GOOD)).toEqual([200, 0, ''])
    expect(await put(connection, submission.header, GOOD)).toEqual([200, 0, ''])
    expect(await put(connection, submission.header, GOOD.replace('1', '0'))).toEqual([409, 1, 'Incorrect key for submission'])
    expect(await course.look(id)).toMatchObject({ state: 'graded', points: 1 })
  })

  test('7: it dies with a job: another gets it under a new key, and the dead one’s late answer is 403', async () => {
    const id = await course.handIn('right 1')
    const dead = await take(connection, OWN)
    const other = await installation.enter(account)
    const again = await takeSoon(other, OWN)
    expect([again.id, again.key === dead.key, again.body]).toEqual([dead.id, false, dead.body])
    expect(await put(connection, dead.header, GOOD.replace('1', '0'))).toEqual([403, 1, 'Incorrect key for submission'])
    expect(await put(other, again.header, GOOD)).toEqual([200, 0, ''])
    expect(await put(connection, dead.header, GOOD)).toEqual([403, 1, 'Incorrect key for submission'])
    expect(await course.look(id)).toMatchObject({ state: 'graded', points: 1 })
  })

  test('8: no usable answer in all deliveries: failed, staff see why, and put it back with none counted', async () => {
    const id = await course.handIn('right 1')
    for (let delivery = 1; delivery <= 2; delivery++) {
      const submission = await takeSoon(connection, OWN)
      expect(await put(connection, submission.header, '{"correct": true, "score": NaN, "msg": ""}')).toEqual([400, 1, 'Incorrect reply format'])
    }
    await expect.poll(async () => (await course.look(id)).state, { timeout: 10_000 }).toBe('needs_staff')
    expect(await pull(connection, OWN)).toBe(null)
    const [failed] = (await jobsOf(installation, OWN)).filter(({ state }) => state === 'failed')
    expect(failed).toMatchObject({ deliveries: 2, failure: expect.stringMatching(/score.*not a number/) })
    expect(await installation.admin('reset-jobs', failed!.id)).toMatch(/^1 reset, 0 skipped/)
    const again = await takeSoon(connection, OWN)
    const [job] = (await jobsOf(installation, OWN)).filter(({ state }) => state === 'pulled')
    expect(job).toMatchObject({ id: failed!.id, deliveries: 1 })
    expect(await put(connection, again.header, GOOD)).toEqual([200, 0, ''])
    expect(await course.look(id)).toMatchObject({ state: 'graded', points: 1 })
  })
})
