import { randomUUID } from 'node:crypto'
import { getSubmission, submit } from '@gradus/contract/submissions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCourse, type CourseOptions } from '../../test/course.ts'
import { openTestServer, type TestServer } from '../../test/server.ts'
import { anXqueueClient, aQueue, gradeOutside } from '../../test/xqueue.ts'
import { rescue } from './take-failure.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer({ GRADUS_CALLBACK_HOSTS: 'lms.test' }, 16)
})
afterAll(() => server.close())

const scored = (score: unknown, more: object = {}): string => JSON.stringify({ correct: score === 1, score, msg: '<p>seen</p>', ...more })

/** A learner's hand-in of an external question, and a grader of its queue. */
async function handedIn(options: CourseOptions & { points?: number; strict_status?: boolean; lease_seconds?: number; max_deliveries?: number } = {}) {
  const queue = await aQueue(server, options)
  const course = await aCourse(server, options)
  await gradeOutside(server, course, queue, options)
  const [student] = course.students
  const code = `print("${randomUUID()}")`
  const made = await server.call(student!, submit, {
    params: { assignment_question_id: course.aq },
    body: { language: 'python', code },
    idempotency_key: randomUUID(),
  })
  const read = () => server.call(student!, getSubmission, { params: { submission_id: made.id } })
  return { queue, course, student: student!, code, id: made.id, read, grader: await anXqueueClient(server, [queue], options) }
}
const expire = (queue: string) =>
  server.pool.query("update grading_jobs set lease_expires_at = now() - interval '1 second' where queue = $1 and status = 'pulled'", [queue])
const comeDue = (queue: string) => server.pool.query("update grading_jobs set available_at = now() where queue = $1 and status = 'retry'", [queue])

describe('a learner’s hand-in that an external grader grades', () => {
  test('waits, is graded and is scored, and the message stands there clean', async () => {
    const { read, grader, queue, code } = await handedIn({ points: 4 })
    expect((await read()).progress).toMatchObject({ state: 'queued', ahead: 0, has_grader: true })
    const got = (await grader.pull(queue))!
    expect((await read()).progress.state).toBe('grading')
    const body = JSON.parse(got.body) as Record<string, string>
    expect(body).toMatchObject({ student_response: code, grader_payload: '{"grader": "x.py"}' })
    expect(
      await grader.put(got.header, JSON.stringify({ correct: false, score: 2.5, msg: '<p onclick="x()">half</p><script>y()</script>' })),
    ).toEqual([0, ''])
    const { progress, points, points_possible, verdict } = await read()
    expect([points, points_possible, verdict, progress.state]).toEqual([2.5, 4, 'wrong_answer', 'graded'])
    expect(progress.outcome).toMatchObject({ sandbox: 'external', runtime: grader.username, tests: [{ points: 2.5, points_possible: 4 }] })
    expect(progress.outcome!.tests[0]!.detail).toEqual({ message_html: '<p>half</p>' })
  })

  test('R106: graders read a pseudonym, the same in one course and another elsewhere, and no name', async () => {
    const { grader, queue, student, course } = await handedIn()
    const { body } = (await grader.pull(queue))!
    const { anonymous_student_id, submission_time } = JSON.parse((JSON.parse(body) as { student_info: string }).student_info) as Record<
      string,
      string
    >
    expect(anonymous_student_id).toMatch(/^[0-9a-f]{32}$/)
    expect(submission_time).toMatch(/^\d{14}$/)
    expect(body).not.toContain(student.id)
    expect(body).not.toContain(student.email)
    await server.call(student, submit, {
      params: { assignment_question_id: course.aq },
      body: { language: 'python', code: 'again' },
      idempotency_key: randomUUID(),
    })
    expect((await grader.pull(queue))!.body).toContain(anonymous_student_id)
    const elsewhere = await handedIn()
    expect((await elsewhere.grader.pull(elsewhere.queue))!.body).not.toContain(anonymous_student_id)
  })

  test('the score scales to what the placement is worth', async () => {
    const { read, grader, queue } = await handedIn({ points: 2, points_override: 25 })
    const { header } = (await grader.pull(queue))!
    expect(await grader.put(header, scored(1.5))).toEqual([0, ''])
    expect(await read()).toMatchObject({ points: 18.75, points_possible: 25 })
  })

  test.each([
    ['NaN', '{"correct": true, "score": NaN}'],
    ['a text', scored('1')],
    ['negative', scored(-1)],
    ['above the points', scored(1.01)],
    ['1e308', '{"score": 1e308}'],
    ['missing', '{"correct": true}'],
    ['no JSON', 'done'],
    ['a list', '[1]'],
  ])('a score that is %s changes nothing; the grader may answer again', async (_, body) => {
    const { read, grader, queue, id } = await handedIn()
    const { header } = (await grader.pull(queue))!
    const before = await server.db
      .selectFrom('grading_jobs')
      .select(['status', 'lease_hash', 'tries', 'report_sha256', 'reply'])
      .where('subject_id', '=', id)
      .execute()
    expect(await grader.put(header, body)).toEqual([1, 'Incorrect reply format'])
    expect((await read()).progress).toMatchObject({ state: 'grading', outcome: null })
    expect(
      await server.db
        .selectFrom('grading_jobs')
        .select(['status', 'lease_hash', 'tries', 'report_sha256', 'reply'])
        .where('subject_id', '=', id)
        .execute(),
    ).toEqual(before)
    expect(await grader.put(header, scored(1))).toEqual([0, ''])
    expect(await read()).toMatchObject({ points: 1, verdict: 'accepted' })
  })

  test('without a usable answer the deliveries run out: the attempt is given back, staff read why, and may put it back', async () => {
    const { read, grader, queue, id, course } = await handedIn({ max_deliveries: 2, max_attempts: 1 })
    for (let delivery = 0; delivery < 2; delivery++) {
      const { header } = (await grader.pull(queue))!
      await grader.put(header, scored(7))
      await expire(queue)
      await rescue(server.db)
      await comeDue(queue)
    }
    expect(await grader.pull(queue)).toBeNull()
    expect((await read()).progress.state).toBe('needs_staff')
    const job = await server.db.selectFrom('grading_jobs').select(['id', 'failure', 'tries']).where('subject_id', '=', id).executeTakeFirstOrThrow()
    expect(job).toMatchObject({ failure: 'The grader’s score is 7, and 1 points are possible.', tries: 2 })
    const counter = await server.db
      .selectFrom('attempt_counters')
      .select('forgiven')
      .where('assignment_question_id', '=', course.aq)
      .executeTakeFirstOrThrow()
    expect(counter.forgiven).toBe(1)
    const operator = await server.person({ is_operator: true })
    const reset = (await server.send(operator, 'POST', '/api/grading-jobs/reset', { ids: [job.id, randomUUID()] })).json()
    expect(reset).toMatchObject({ reset: [job.id], skipped: [expect.any(String)], errors: [] })
    const { header } = (await grader.pull(queue))!
    expect(await grader.put(header, scored(1))).toEqual([0, ''])
    expect((await read()).points).toBe(1)
  })

  test('twenty same answers at once enter once, and the score has one event', async () => {
    const { read, grader, queue, id } = await handedIn()
    const { header } = (await grader.pull(queue))!
    const answers = await Promise.all(Array.from({ length: 20 }, () => grader.put(header, scored(1))))
    expect(new Set(answers.map(([code]) => code))).toEqual(new Set([0]))
    expect((await read()).points).toBe(1)
    expect(await server.db.selectFrom('score_events').select('id').where('submission_id', '=', id).execute()).toHaveLength(1)
    expect(await grader.put(header, scored(0))).toEqual([1, 'Incorrect key for submission'])
    expect((await read()).points).toBe(1)
  })

  test('a late answer counts until somebody else holds the job', async () => {
    const late = await handedIn()
    const { header } = (await late.grader.pull(late.queue))!
    await expire(late.queue)
    await rescue(server.db)
    expect(await late.grader.put(header, scored(1))).toEqual([0, ''])
    const lost = await handedIn()
    const first = (await lost.grader.pull(lost.queue))!
    await expire(lost.queue)
    await rescue(server.db)
    await comeDue(lost.queue)
    const second = (await lost.grader.pull(lost.queue))!
    expect(second.id).toBe(first.id)
    expect(second.key).not.toBe(first.key)
    expect(await lost.grader.put(first.header, scored(1))).toEqual([1, 'Incorrect key for submission'])
    expect(await lost.grader.put(second.header, scored(0.25))).toEqual([0, ''])
    expect((await lost.read()).points).toBe(0.25)
  })

  test('what expires goes behind, so a bad one delays nobody', async () => {
    const { grader, queue, course, student } = await handedIn()
    const bad = (await grader.pull(queue))!
    await expire(queue)
    await rescue(server.db)
    for (let i = 0; i < 3; i++) {
      await server.call(student, submit, {
        params: { assignment_question_id: course.aq },
        body: { language: 'python', code: `${i}` },
        idempotency_key: randomUUID(),
      })
    }
    await comeDue(queue)
    const order = [await grader.pull(queue), await grader.pull(queue), await grader.pull(queue), await grader.pull(queue)].map((got) => got!.id)
    expect(order.at(-1)).toBe(bad.id)
  })

  test('our own workers never get it, and no other account does', async () => {
    const { queue } = await handedIn()
    const stranger = await anXqueueClient(server, [await aQueue(server)])
    expect(await stranger.say('GET', `get_submission/?queue_name=${queue}`)).toEqual([1, `Queue '${queue}' not found`])
    const worker = await server.machine('grade')
    const leased = await server.send(worker, 'POST', '/api/grading/lease', {
      ...{ worker: 'w', slots: 1, languages: [{ language: 'python', sandbox: 'wasm', runtime: 'x' }], max_jobs: 32 },
    })
    expect(leased.json()).toEqual({ jobs: [] })
    expect(await stranger.say('GET', 'get_submission/?queue_name=gradus')).toEqual([1, "Queue 'gradus' not found"])
  })

  test('strict accounts are answered by status codes (J7 no. 6)', async () => {
    const { grader, queue, read } = await handedIn({ strict_status: true })
    const { header } = (await grader.pull(queue))!
    const status = async (fields: Record<string, string>): Promise<number> => (await grader.call('POST', 'put_result/', fields)).statusCode
    const { submission_id } = JSON.parse(header) as { submission_id: number }
    expect(await status({ xqueue_header: JSON.stringify({ submission_id, submission_key: 'wrong' }), xqueue_body: scored(1) })).toBe(403)
    expect(await status({ xqueue_header: header, xqueue_body: '{' })).toBe(400)
    expect(await status({ xqueue_header: header, xqueue_body: scored(2) })).toBe(400)
    expect(await status({ xqueue_header: JSON.stringify({ submission_id: 2_000_000_000, submission_key: 'x' }), xqueue_body: scored(1) })).toBe(404)
    expect((await read()).progress.outcome).toBeNull()
    expect(await status({ xqueue_header: header, xqueue_body: scored(1) })).toBe(200)
    expect(await status({ xqueue_header: header, xqueue_body: scored(1) })).toBe(200)
    expect(await status({ xqueue_header: header, xqueue_body: scored(0) })).toBe(409)
  })
})

describe('an account', () => {
  test('that is switched off, or whose secret is renewed, is out at once', async () => {
    const queue = await aQueue(server)
    const admin = await server.person({ is_admin: true })
    for (const end of ['disable', 'renew'] as const) {
      const grader = await anXqueueClient(server, [queue])
      expect((await grader.call('GET', `get_submission/?queue_name=${queue}`)).statusCode).toBe(200)
      const url = `/api/graders/${grader.id}`
      const answer =
        end === 'disable' ? await server.send(admin, 'PATCH', url, { is_disabled: true }) : await server.send(admin, 'POST', `${url}/secret`)
      expect(answer.statusCode).toBe(200)
      const refused = await grader.call('GET', `get_submission/?queue_name=${queue}`)
      expect([refused.statusCode, refused.headers.location]).toEqual([302, `/xqueue/login/?next=/xqueue/get_submission/%3Fqueue_name%3D${queue}`])
    }
  })

  test('is guessed at only so often, and its own logins never count', async () => {
    const queue = await aQueue(server)
    const grader = await anXqueueClient(server, [queue])
    for (let i = 0; i < 30; i++) {
      expect(await grader.say('POST', 'login/', { username: grader.username, password: 'wrong' })).toEqual([1, 'Incorrect login credentials'])
    }
    expect((await grader.say('POST', 'login/', { username: grader.username, password: 'wrong' }))[1]).toMatch(/^Too many failed logins/)
    // A new secret ends the wait: a grader that knocked with the old one must not be kept out by it.
    const admin = await server.person({ is_admin: true })
    const { secret } = (await server.send(admin, 'POST', `/api/graders/${grader.id}/secret`)).json<{ secret: string }>()
    expect(await grader.say('POST', 'login/', { username: grader.username, password: secret })).toEqual([0, 'Logged in'])
    // Others behind the same address go on, however often the first one fails.
    const other = await anXqueueClient(server, [queue])
    expect((await other.call('GET', `get_submission/?queue_name=${queue}`)).statusCode).toBe(200)
  })

  test('secrets and keys stand in no table in clear', async () => {
    const { grader, queue } = await handedIn()
    const { key } = (await grader.pull(queue))!
    const { rows } = await server.pool.query<{ text: string }>(
      "select string_agg(t::text, ' ') as text from (select row_to_json(j)::text as t from grading_jobs j union all select row_to_json(s)::text from sessions s union all select row_to_json(a)::text from grader_accounts a) x",
    )
    expect(rows[0]!.text).not.toContain(key.split('.')[1]!)
  })
})

test('what could not be delivered is counted and found on the monitor, delivered again, and its LMS’s key stands nowhere', async () => {
  const queue = await aQueue(server)
  const client = await anXqueueClient(server, [queue])
  const header = JSON.stringify({ lms_callback_url: 'http://lms.test/back', lms_key: 'the secret of the LMS', queue_name: queue })
  expect(await client.say('POST', 'submit/', { xqueue_header: header, xqueue_body: 'work' })).toEqual([0, '1'])
  const got = (await client.pull(queue))!
  expect(await client.put(got.header, scored(1))).toEqual([0, ''])
  await server.pool.query("update callbacks set state = 'failed', ended_at = now(), last_error = 'Answered 503.' where url = 'http://lms.test/back'")
  const operator = await server.person({ is_operator: true })
  const ask = async (url: string) => (await server.send(operator, 'GET', url)).json()
  const depth = (await ask('/api/queues')).queues.find((one: { name: string }) => one.name === queue)
  expect(depth).toMatchObject({ undelivered: 1, failed: 0, pending: 0, graders: [client.username] })
  const { jobs } = await ask(`/api/grading-jobs?undelivered=yes&queue=${queue}`)
  expect(jobs).toHaveLength(1)
  const job = await ask(`/api/grading-jobs/${jobs[0].id}`)
  expect(job.lms.callbacks).toMatchObject([{ state: 'failed', last_error: 'Answered 503.' }])
  expect(JSON.stringify(job)).not.toContain('the secret of the LMS')
  expect((await ask(`/api/grading-jobs?search=${encodeURIComponent(got.key)}`)).jobs.map((one: { id: string }) => one.id)).toEqual([jobs[0].id])
  expect((await server.send(operator, 'POST', `/api/grading-jobs/${jobs[0].id}/redeliver`)).json()).toEqual({ count: 1 })
  expect((await ask(`/api/grading-jobs?undelivered=yes&queue=${queue}`)).jobs).toEqual([])
})

describe('callers who mean harm, or whose connection breaks', () => {
  const raw = async (path: string, head: Record<string, string>, body: string | Buffer, cookie = '') => {
    const answer = await server.app.inject({ method: 'POST', url: `/xqueue/${path}`, headers: { ...head, cookie }, payload: body })
    return [answer.statusCode, answer.json<{ return_code: number; content: string }>().content] as const
  }
  const multipart = { 'content-type': 'multipart/form-data; boundary=B' }
  const part = (name: string, value: string, file?: string): string =>
    `--B\r\nContent-Disposition: form-data; name="${name}"${file === undefined ? '' : `; filename="${file}"`}\r\n\r\n${value}\r\n`
  const blobCount = async (): Promise<number> => {
    let count = 0
    for await (const keys of server.blobs.list({ older_than_seconds: -10 })) count += keys.length
    return count
  }
  const sessionOf = async (): Promise<{ queue: string; cookie: string }> => {
    const queue = await aQueue(server)
    const client = await anXqueueClient(server, [queue])
    return { queue, cookie: client.cookie() }
  }

  test('a multipart body that is cut off in a file ends in an answer and not in the end of the process', async () => {
    const cut = '--B\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nabc'
    const { cookie } = await sessionOf()
    const before = await blobCount()
    expect(await raw('login/', multipart, cut)).toEqual([200, 'Insufficient login info'])
    expect(await raw('submit/', multipart, cut)).toEqual([200, 'login_required'])
    expect(await raw('submit/', multipart, cut, cookie)).toEqual([200, 'Queue request has invalid format'])
    expect(await blobCount()).toBe(before)
  })

  test('files of a hand-in that is refused are not kept', async () => {
    const { queue, cookie } = await sessionOf()
    const before = await blobCount()
    const header = (queue_name: string, host = 'lms.test'): string =>
      JSON.stringify({ lms_callback_url: `http://${host}/x`, lms_key: 'k', queue_name })
    const hand = (head: string, files = part('a.txt', 'abc', 'a.txt')): string =>
      `${part('xqueue_header', head)}${part('xqueue_body', 'b')}${files}--B--\r\n`
    expect((await raw('submit/', multipart, hand(header('nowhere')), cookie))[1]).toBe("Queue 'nowhere' not found")
    expect((await raw('submit/', multipart, hand(header(queue, 'other.test')), cookie))[1]).toMatch(/^The callback address is not allowed/)
    expect((await raw('submit/', multipart, hand('junk'), cookie))[1]).toBe('Queue request has invalid format')
    expect(await blobCount()).toBe(before)
    expect(await raw('submit/', multipart, hand(header(queue)), cookie)).toEqual([200, '1'])
    expect(await blobCount()).toBe(before + 1)
    // A name whose 150th character is half of a pair when it is cut by code units.
    const long = `${'x'.repeat(149)}\u{1f600}\u{1f600}.txt`
    expect(await raw('submit/', multipart, hand(header(queue), part('f', 'abc', long) + part('g', 'def', long)), cookie)).toEqual([200, '1'])
  })

  test('long bodies of strangers are read over, and long words of anybody refused', async () => {
    const { cookie } = await sessionOf()
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const forged = `sessionid=gx_${'A'.repeat(43)}`
    expect(
      (await server.app.inject({ method: 'POST', url: '/xqueue/put_result/', headers: { ...form, cookie: forged }, payload: 'a&'.repeat(2_000_000) }))
        .statusCode,
    ).toBe(302)
    expect(await raw('login/', form, `username=${'a'.repeat(3_000_000)}&password=x`)).toEqual([200, 'Incorrect login credentials'])
    expect(await raw('put_result/', form, `xqueue_header={}&xqueue_body=${'a'.repeat(5_000_000)}`, cookie)).toEqual([200, 'Incorrect reply format'])
    expect(
      await raw('submit/', multipart, `${part('x', 'y'.repeat(3_000_000))}${part('xqueue_body', 'z'.repeat(5_000_000))}--B--\r\n`, cookie),
    ).toEqual([200, 'Queue request has invalid format'])
    expect((await raw('submit/', { 'content-type': '' }, 'x', cookie))[0]).toBe(200)
  })

  test('of eight hand-ins of one learner and problem at the same instant one waits, and the others made way', async () => {
    const queue = await aQueue(server)
    const client = await anXqueueClient(server, [queue])
    const header = JSON.stringify({ lms_callback_url: 'http://lms.test/same', lms_key: 'k', queue_name: queue })
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => client.say('POST', 'submit/', { xqueue_header: header, xqueue_body: `${i}` })),
    )
    expect(new Set(answers.map(([code]) => code))).toEqual(new Set([0]))
    expect(await client.say('GET', `get_queuelen/?queue_name=${queue}`)).toEqual([0, 1])
    const { rows } = await server.pool.query<{ open: number; gone: number }>(
      'select count(*) filter (where l.superseded_by is null)::int as open, count(l.superseded_by)::int as gone from lms_submissions l where queue = $1',
      [queue],
    )
    expect(rows).toEqual([{ open: 1, gone: 7 }])
  })

  test('a message with what no database stores is taken all the same', async () => {
    const { read, grader, queue } = await handedIn()
    const { header } = (await grader.pull(queue))!
    expect(await grader.put(header, '{"correct": true, "score": 1, "msg": "a\\u0000b\\ud800c"}')).toEqual([0, ''])
    expect((await read()).progress.outcome!.tests[0]!.detail.message_html).toBe('a\u2400b\ufffdc')
  })

  test('a notice that has not arrived is taken back when the job is put back; the queue of our own workers is no grader’s', async () => {
    const queue = await aQueue(server, { max_deliveries: 1 })
    const client = await anXqueueClient(server, [queue])
    const header = JSON.stringify({ lms_callback_url: 'http://lms.test/notice', lms_key: 'k', queue_name: queue })
    await client.say('POST', 'submit/', { xqueue_header: header, xqueue_body: 'b' })
    await client.pull(queue)
    await expire(queue)
    await rescue(server.db)
    const notices = () =>
      server.pool.query("select from callbacks where url = 'http://lms.test/notice' and is_notice").then(({ rowCount }) => rowCount)
    expect(await notices()).toBe(1)
    const operator = await server.person({ is_operator: true })
    const { jobs } = (await server.send(operator, 'GET', `/api/grading-jobs?queue=${queue}`)).json()
    expect((await server.send(operator, 'POST', '/api/grading-jobs/reset', { ids: [jobs[0].id] })).json()).toMatchObject({ reset: [jobs[0].id] })
    expect(await notices()).toBe(0)
    const admin = await server.person({ is_admin: true })
    expect((await server.send(admin, 'POST', '/api/graders', { username: `own-${randomUUID()}`, queues: ['gradus'] })).json().code).toBe(
      'queue_unknown',
    )
  })
})
