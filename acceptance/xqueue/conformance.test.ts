import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { headerFor, type Installation, jobsOf, openInstallation, pull, put, type Said, said, submit, take, takeSoon } from './installation.ts'
import { Connection, multipart, type Reply } from './peers/connection.ts'
import { Lms } from './peers/lms.ts'

/**
 * The conformance table of the protocol (its rows' numbers stand before the names), in the dialect of openedx/xqueue and, where an
 * account asks for it, in that of edx-submissions' status codes. Texts are compared to the letter because clients do it.
 */
let installation: Installation
let lms: Lms
let count = 0
/** Every learner whose result was posted, with how often the LMS may have been called. */
const delivered: { path: string; header: string; reply: string }[] = []

beforeAll(async () => {
  lms = await Lms.open()
  installation = await openInstallation({ GRADUS_CALLBACK_HOSTS: 'lms.example.org:8000,127.0.0.1' })
}, 240_000)
afterAll(async () => {
  await installation?.product.stop()
  await lms?.close()
})

/** A queue and an account of this test's own, with a live session. */
async function ready(strict_status: boolean, more: { lease_seconds?: number; max_deliveries?: number } = {}) {
  const name = `q${++count}`
  const queue = await installation.queue(name, more)
  const account = await installation.grader(`grader-${name}`, [queue], { strict_status })
  const connection = await installation.enter(account)
  const learner = (of: string): string => lms.origin + lms.learnerOf(`${name}-${of}`).path
  return { queue, account, connection, learner }
}

const wrong_key = 'Incorrect key for submission'
type Ask = (connection: Connection, at: (name: string) => string, queue: string, username: string) => Promise<Reply>
interface Row {
  name: string
  legacy: (queue: string) => Said
  /** The status of the strict dialect; 200 where nobody can know the dialect yet. */
  strict: number
  ask: Ask
}
const row = (name: string, content: string | ((queue: string) => string), strict: number, ask: Ask, return_code: 0 | 1 = 1): Row => ({
  name,
  legacy: (queue) => [200, return_code, typeof content === 'string' ? content : content(queue)],
  strict,
  ask,
})
const header = (more: object): string => JSON.stringify({ lms_callback_url: 'http://lms.example.org:8000/c', lms_key: 'k', queue_name: 'q', ...more })
const form_row = (name: string, form: Record<string, string>): Row =>
  row(`10 ${name}`, 'Queue request has invalid format', 400, (c, at) => c.post(at('submit'), form))
const put_row = (name: string, form: Record<string, string>): Row =>
  row(`27 ${name}`, 'Incorrect reply format', 400, (c, at) => c.post(at('put_result'), form))

const rows: Row[] = [
  row('1 GET login', 'login_required', 200, (c, at) => c.ask(at('login'))),
  row('3 POST login without a username', 'Insufficient login info', 200, (c, at) => c.post(at('login'), { password: 'x' })),
  row('3 POST login without a password', 'Insufficient login info', 400, (c, at, _, username) => c.post(at('login'), { username })),
  row('4 POST login with a wrong password', 'Incorrect login credentials', 401, (c, at, _, username) =>
    c.post(at('login'), { username, password: 'x' }),
  ),
  row('4 POST login as nobody', 'Incorrect login credentials', 200, (c, at) => c.post(at('login'), { username: 'nobody', password: 'x' })),
  row('5 GET logout', 'Goodbye', 200, (c, at) => c.ask(at('logout')), 0),
  row('5 POST logout', 'Goodbye', 200, (c, at) => c.post(at('logout'), {}), 0),
  row('6 GET status', 'OK', 200, (c, at) => c.ask(at('status')), 0),
  row('9 GET submit', 'Queue requests should use HTTP POST', 405, (c, at) => c.ask(at('submit'))),
  form_row('submit without a header', { xqueue_body: 'b' }),
  form_row('submit without a body', { xqueue_header: header({}) }),
  form_row('submit with a header that is text', { xqueue_header: 'junk', xqueue_body: 'b' }),
  form_row('submit with a header that is a number', { xqueue_header: '7', xqueue_body: 'b' }),
  form_row('submit with a header that is a list', { xqueue_header: '["lms_callback_url","lms_key","queue_name"]', xqueue_body: 'b' }),
  form_row('submit with a header that is null', { xqueue_header: 'null', xqueue_body: 'b' }),
  form_row('submit without a callback', { xqueue_header: header({ lms_callback_url: undefined }), xqueue_body: 'b' }),
  form_row('submit without a key', { xqueue_header: header({ lms_key: undefined }), xqueue_body: 'b' }),
  form_row('submit without a queue', { xqueue_header: header({ queue_name: undefined }), xqueue_body: 'b' }),
  row('11 submit to an unknown queue', "Queue 'it's \"größer\"' not found", 404, (c, at) =>
    c.post(at('submit'), { xqueue_header: header({ queue_name: 'it\'s "größer"' }), xqueue_body: 'b' }),
  ),
  row(
    '17 get_queuelen of an unknown queue',
    (queue) => `Valid queue names are: ${queue}`,
    404,
    (c, at) => c.ask(`${at('get_queuelen')}?queue_name=other`),
  ),
  row('17 get_queuelen without a queue', "'get_queuelen' must provide parameter 'queue_name'", 400, (c, at) => c.ask(at('get_queuelen'))),
  row('18 get_submission without a queue', "'get_submission' must provide parameter 'queue_name'", 400, (c, at) => c.ask(at('get_submission'))),
  row('19 get_submission of an unknown queue', "Queue 'other' not found", 404, (c, at) => c.ask(`${at('get_submission')}?queue_name=other`)),
  row(
    '20 get_submission of an empty queue',
    (queue) => `Queue '${queue}' is empty`,
    200,
    (c, at, queue) => c.ask(`${at('get_submission')}?queue_name=${queue}`),
  ),
  row('26 GET put_result', "'put_result' must use HTTP POST", 405, (c, at) => c.ask(at('put_result'))),
  put_row('put_result without a header', { xqueue_body: '{}' }),
  put_row('put_result with a header that is text', { xqueue_header: 'junk', xqueue_body: '{}' }),
  put_row('put_result with a header that is a list', { xqueue_header: '[1,"k"]', xqueue_body: '{}' }),
  put_row('put_result with a header without a key', { xqueue_header: '{"submission_id":1}', xqueue_body: '{}' }),
  put_row('put_result with a header without an id', { xqueue_header: '{"submission_key":"k"}', xqueue_body: '{}' }),
  put_row('put_result without a body', { xqueue_header: '{"submission_id":1,"submission_key":"k"}' }),
  row('29 put_result for an unknown id', 'Submission does not exist', 404, (c, at) =>
    c.post(at('put_result'), { xqueue_body: '{}', xqueue_header: '{"submission_id":2147483647,"submission_key":"k"}' }),
  ),
  ...['"seven"', '1.5', '-1', 'null', '[1]', 'true', '1e400', '99999999999', '""'].map((id) =>
    row(`31 put_result for the id ${id}`, 'Incorrect reply format', 400, (c, at) =>
      c.post(at('put_result'), { xqueue_body: '{}', xqueue_header: `{"submission_id":${id},"submission_key":"k"}` }),
    ),
  ),
]

describe.each([
  ['the older dialect', false],
  ['the dialect of status codes', true],
])('%s', (_, strict_status) => {
  const status = (strict: number): number => (strict_status ? strict : 200)

  describe.each([
    ['with a slash', (name: string) => `/xqueue/${name}/`],
    ['without', (name: string) => `/xqueue/${name}`],
  ])('addresses %s', (_, at) => {
    test.each(rows)('$name', async ({ legacy, strict, ask }) => {
      const { connection, queue, account } = await ready(strict_status)
      const [, return_code, content] = legacy(queue)
      const reply = await ask(connection, at, queue, account.username)
      expect(said(reply)).toEqual([status(strict), return_code, content])
      connection.close()
    })
  })

  test('12 16 21 22 a submission counts itself, is delivered in three layers, once, and is hidden from the length then', async () => {
    const { queue, connection, learner } = await ready(strict_status)
    const body = JSON.stringify({ student_response: 'right 1', grader_payload: '{}' })
    expect(await submit(connection, headerFor(learner('a'), queue), body)).toEqual([200, 0, '1'])
    expect(await submit(connection, headerFor(learner('b'), queue), `${body} `)).toEqual([200, 0, '2'])
    const length = async () => said(await connection.ask(`/xqueue/get_queuelen/?queue_name=${queue}`))
    expect(await length()).toEqual([200, 0, 2])
    const { text } = await connection.ask(`/xqueue/get_submission/?queue_name=${queue}`)
    expect(await length()).toEqual([200, 0, 1])
    const content = (JSON.parse(text) as { content: unknown }).content
    const layers = JSON.parse(content as string) as Record<string, string>
    expect([typeof content, Object.keys(layers).sort(), layers.xqueue_body, layers.xqueue_files]).toEqual([
      'string',
      ['xqueue_body', 'xqueue_files', 'xqueue_header'],
      body,
      '{}',
    ])
    const head = JSON.parse(layers.xqueue_header!) as Record<string, unknown>
    expect(head).toEqual({ submission_id: expect.any(Number), submission_key: expect.any(String) })
    expect(Number.isInteger(head.submission_id) && (head.submission_id as number) < 2 ** 31).toBe(true)
    // The key is a secret: 128 bits at least.
    expect((head.submission_key as string).length).toBeGreaterThanOrEqual(22)
    expect((await take(connection, queue)).body).toBe(`${body} `)
    expect([await pull(connection, queue), await length()]).toEqual([null, [200, 0, 0]])
  })

  test('28 29 30 32 35 38 put_result: what is taken once, what is refused, and what a second one does', async () => {
    const { queue, connection, learner } = await ready(strict_status)
    const lms_header = headerFor(learner('a'), queue, lms.learnerOf('unused').path)
    await submit(connection, lms_header, 'never pulled')
    const submission = await take(connection, queue)
    await submit(connection, headerFor(learner('b'), queue), 'waits')
    const withKey = (submission_key: string, submission_id = submission.id): string => JSON.stringify({ submission_id, submission_key })
    const reply = '{"correct": true, "score": 0.7, "msg": "<p>of 10</p>"}'
    for (const key of ['', 'k', submission.key.slice(0, -1), `${submission.key}x`, submission.key.toUpperCase()])
      expect(await put(connection, withKey(key), reply), key).toEqual([status(403), 1, wrong_key])
    // The one that waits was never pulled: no key opens it.
    const jobs = await jobsOf(installation, queue)
    const waiting = jobs.find((job) => job.xqueue_id !== submission.id)!.xqueue_id
    expect(await put(connection, withKey(submission.key, waiting), reply)).toEqual([status(403), 1, wrong_key])
    expect(await put(connection, withKey('', waiting), reply)).toEqual([status(403), 1, wrong_key])

    expect(await put(connection, submission.header, reply)).toEqual([200, 0, ''])
    expect(await put(connection, submission.header, reply)).toEqual([200, 0, ''])
    expect(await put(connection, submission.header, reply.replace('0.7', '1'))).toEqual([status(409), 1, wrong_key])
    expect(await put(connection, withKey('k'), reply)).toEqual([status(403), 1, wrong_key])
    delivered.push({ path: new URL(learner('a')).pathname, header: lms_header, reply })

    const text_of_a_grader = 'Traceback (most recent call last):\n  grader.py is not at home\u0000 ümläut'
    const other = await take(connection, queue)
    expect(await put(connection, other.header, text_of_a_grader)).toEqual([200, 0, ''])
    delivered.push({ path: new URL(learner('b')).pathname, header: headerFor(learner('b'), queue), reply: text_of_a_grader })
  })

  test('35 eight equal answers at one instant are one answer', async () => {
    const { queue, account, connection, learner } = await ready(strict_status)
    await submit(connection, headerFor(learner('a'), queue), 'b')
    const { header } = await take(connection, queue)
    const connections = await Promise.all(Array.from({ length: 8 }, () => installation.enter(account)))
    const reply = '{"correct": true, "score": 1, "msg": ""}'
    const answers = await Promise.all(connections.map((one) => put(one, header, reply)))
    expect(answers).toEqual(answers.map(() => [200, 0, '']))
    delivered.push({ path: new URL(learner('a')).pathname, header: headerFor(learner('a'), queue), reply })
  })

  test('23 a lease that ran out: the item goes behind, with a new key; the old key is worth something until then', async () => {
    const { queue, connection, learner } = await ready(strict_status, { lease_seconds: 1 })
    await submit(connection, headerFor(learner('a'), queue), 'a')
    const first = await take(connection, queue)
    await submit(connection, headerFor(learner('b'), queue), 'b')
    await submit(connection, headerFor(learner('c'), queue), 'c')
    expect(await pull(connection, queue).then((b) => b!.body)).toBe('b')
    await sleep(1_200)
    // Late, and nobody else has it: taken.
    await expect.poll(async () => (await jobsOf(installation, queue)).filter(({ state }) => state === 'retry').length, { timeout: 5_000 }).toBe(2)
    expect(await put(connection, first.header, '{"correct": true, "score": 1, "msg": "late"}')).toEqual([200, 0, ''])
    delivered.push({
      path: new URL(learner('a')).pathname,
      header: headerFor(learner('a'), queue),
      reply: '{"correct": true, "score": 1, "msg": "late"}',
    })
    const c = await take(connection, queue)
    const again = await takeSoon(connection, queue)
    expect([c.body, again.body]).toEqual(['c', 'b'])
    const b_before = JSON.stringify({ submission_id: again.id, submission_key: first.key })
    expect(await put(connection, b_before, '{"correct": true, "score": 1, "msg": "too late"}')).toEqual([status(403), 1, wrong_key])
  })

  test('23 every delivery has a key of its own, and only the last one opens', async () => {
    const { queue, connection, learner } = await ready(strict_status, { lease_seconds: 1 })
    await submit(connection, headerFor(learner('a'), queue), 'a')
    const one = await take(connection, queue)
    expect(await pull(connection, queue)).toBe(null)
    const two = await takeSoon(connection, queue)
    expect([two.id === one.id, two.key === one.key]).toEqual([true, false])
    const reply = '{"correct": false, "score": 0, "msg": "second"}'
    expect(await put(connection, one.header, reply)).toEqual([status(403), 1, wrong_key])
    expect(await put(connection, two.header, reply)).toEqual([200, 0, ''])
    // Afterwards as well: the same words under the old key are not the answer that was taken.
    expect(await put(connection, one.header, reply)).toEqual([status(403), 1, wrong_key])
    delivered.push({ path: new URL(learner('a')).pathname, header: headerFor(learner('a'), queue), reply })
  })

  test('16 the length counts what a pull would get, also after a lease ran out', async () => {
    const { queue, connection, learner } = await ready(strict_status, { lease_seconds: 1 })
    await submit(connection, headerFor(learner('a'), queue), 'a')
    await take(connection, queue)
    for (const until = performance.now() + 10_000; ; await sleep(50)) {
      const [, , length] = said(await connection.ask(`/xqueue/get_queuelen/?queue_name=${queue}`))
      if (length === 0 && performance.now() < until) continue
      expect([length, (await pull(connection, queue))?.body]).toEqual([1, 'a'])
      break
    }
  })

  test('29 a job of a queue that the account does not serve does not exist for it; nor does the queue', async () => {
    const mine = await ready(strict_status)
    const theirs = await ready(strict_status)
    await submit(theirs.connection, headerFor(theirs.learner('a'), theirs.queue), 'secret')
    const submission = await take(theirs.connection, theirs.queue)
    expect(await put(mine.connection, submission.header, '{"correct": true, "score": 1, "msg": ""}')).toEqual([
      status(404),
      1,
      'Submission does not exist',
    ])
    const pulled = said(await mine.connection.ask(`/xqueue/get_submission/?queue_name=${theirs.queue}`))
    expect(pulled).toEqual([status(404), 1, `Queue '${theirs.queue}' not found`])
    const counted = said(await mine.connection.ask(`/xqueue/get_queuelen/?queue_name=${theirs.queue}`))
    expect(counted).toEqual([status(404), 1, `Valid queue names are: ${mine.queue}`])
    expect(await submit(mine.connection, headerFor(mine.learner('a'), theirs.queue), 'b')).toEqual([
      status(404),
      1,
      `Queue '${theirs.queue}' not found`,
    ])
  })

  test('a callback that the operator does not allow is refused in a sentence, and nothing is queued', async () => {
    const { queue, connection } = await ready(strict_status)
    for (const url of [
      'http://elsewhere.example.org/c',
      'http://lms.example.org/c',
      'ftp://127.0.0.1/c',
      'not an address',
      'http://127.0.0.1@10.0.0.1/c',
    ]) {
      const [code, return_code, content] = await submit(connection, headerFor(url, queue), 'b')
      expect([code, return_code], url).toEqual([status(403), 1])
      expect(content, url).toMatch(/\w+ \w+ \w+/)
    }
    expect(await submit(connection, headerFor('http://LMS.example.org:8000/c', queue), 'b')).toEqual([200, 0, '1'])
  })
})

describe('sessions', () => {
  test('2 37 a login opens a long session that scripts of pages cannot read, and renews the token', async () => {
    const { account } = await ready(false)
    const connection = new Connection(installation.base_url)
    const asked = await connection.ask('/xqueue/login/')
    const token = connection.cookies.get('csrftoken')
    expect([asked.status, connection.cookies.has('sessionid'), (token ?? '').length > 20]).toEqual([200, false, true])
    const reply = await connection.post('/xqueue/login/', { ...account })
    expect(said(reply)).toEqual([200, 0, 'Logged in'])
    const session = reply.headers['set-cookie']!.find((line) => line.startsWith('sessionid='))!
    expect(session).toMatch(/; *HttpOnly/i)
    expect(session).toMatch(/; *SameSite=(Lax|Strict)/i)
    expect(Number(/Max-Age=(\d+)/i.exec(session)?.[1])).toBeGreaterThanOrEqual(14 * 86_400)
    expect(connection.cookies.get('csrftoken')).not.toBe(token)
    // A JSON body does as well, and a second login with a live session and no token.
    const json = await connection.ask('/xqueue/login/', { method: 'POST', body: JSON.stringify(account), content_type: 'application/json' })
    expect(said(json)).toEqual([200, 0, 'Logged in'])
  })

  test('7 without a session: submit says so at once, graders are sent to the login', async () => {
    const { queue } = await ready(false)
    const stale = new Connection(installation.base_url)
    stale.cookies.set('sessionid', 'gx_expired-long-ago')
    for (const connection of [new Connection(installation.base_url), stale]) {
      expect(await submit(connection, headerFor('http://127.0.0.1/c', queue), 'b')).toEqual([200, 1, 'login_required'])
      const calls: [path: string, method: 'GET' | 'POST'][] = [
        [`/xqueue/get_submission/?queue_name=${queue}`, 'GET'],
        [`/xqueue/get_submission?queue_name=${queue}`, 'GET'],
        ['/xqueue/get_submission/', 'GET'],
        [`/xqueue/get_queuelen/?queue_name=${queue}`, 'GET'],
        ['/xqueue/put_result/', 'POST'],
        ['/xqueue/put_result/', 'GET'],
      ]
      for (const [path, method] of calls) {
        const form = { xqueue_body: '{}', xqueue_header: '{"submission_id":1,"submission_key":"k"}' }
        const reply = await (method === 'POST' ? connection.post(path, form) : connection.ask(path))
        const location = new URL(reply.headers.location ?? '/nowhere', installation.base_url)
        expect([path, reply.status, location.pathname, location.searchParams.get('next')]).toEqual([path, 302, '/xqueue/login/', path])
        // A client that follows reads the word on which it logs in again.
        const followed = await connection.ask(path, { follows: true, ...(method === 'POST' ? { method, form } : {}) })
        expect(said(followed)).toEqual([200, 1, 'login_required'])
      }
    }
  })

  test('5 logout ends the session on the server, not only the cookie', async () => {
    const { connection, queue } = await ready(false)
    const kept = new Map(connection.cookies)
    expect(said(await connection.ask('/xqueue/logout/'))).toEqual([200, 0, 'Goodbye'])
    for (const [name, value] of kept) connection.cookies.set(name, value)
    expect((await connection.ask(`/xqueue/get_submission/?queue_name=${queue}`)).status).toBe(302)
  })

  test('5 logout by any method', async () => {
    const { connection } = await ready(false)
    for (const method of ['PUT', 'DELETE', 'PATCH'])
      expect((await connection.ask('/xqueue/logout/', { method })).text, method).toBe('{"return_code": 0, "content": "Goodbye"}')
  })

  test('36 who pulls and who puts may be two sessions, with tokens or without: the key is what counts', async () => {
    const { queue, account, connection, learner } = await ready(false)
    const other = await installation.grader(`second-of-${queue}`, [queue])
    const connections = [await installation.enter(account), await installation.enter(other)]
    connections[0]!.headers['X-CSRFToken'] = 'of nobody'
    connections[0]!.headers.Referer = 'http://elsewhere.example.org'
    for (const [i, one] of connections.entries()) {
      await submit(connection, headerFor(learner(`${i}`), queue), 'b')
      const { header } = await take(connection, queue)
      expect(await put(one, header, '{"correct": true, "score": 1, "msg": ""}')).toEqual([200, 0, ''])
    }
  })
})

describe('13 a later hand-in of the same learner', () => {
  test('takes the place of the one that is not graded, which staff can see', async () => {
    const { queue, connection, learner } = await ready(false)
    const url = learner('a')
    expect(await submit(connection, headerFor(url, queue, 'k1'), 'first')).toEqual([200, 0, '1'])
    expect(await submit(connection, headerFor(url, queue, 'k2'), 'second')).toEqual([200, 0, '1'])
    expect((await take(connection, queue)).body).toBe('second')
    expect(await pull(connection, queue)).toBe(null)
    const jobs = await jobsOf(installation, queue)
    const details = await Promise.all(
      jobs.map(({ id }) =>
        installation.api<{ state: string; lms: { body: string; superseded_by: string | null } }>('GET', `/api/grading-jobs/${id}`),
      ),
    )
    expect(details.map(({ state, lms: { body, superseded_by } }) => [body, state, superseded_by !== null]).sort()).toEqual([
      ['first', 'retired', true],
      ['second', 'pulled', false],
    ])
  })

  test('leaves alone another problem whose address differs after 128 characters, and what is graded', async () => {
    const { queue, connection } = await ready(false)
    const long = `${lms.origin}/courses/${'a'.repeat(130)}/xqueue/${queue}/`
    for (const item of ['a', 'b']) await submit(connection, headerFor(long + item, queue), item)
    const a = await take(connection, queue)
    expect(await put(connection, a.header, '{"correct": true, "score": 1, "msg": ""}')).toEqual([200, 0, ''])
    await submit(connection, headerFor(`${long}a`, queue), 'a once more')
    expect([(await take(connection, queue)).body, (await take(connection, queue)).body]).toEqual(['b', 'a once more'])
    const jobs = await jobsOf(installation, queue)
    expect(jobs.map(({ state, failure }) => [state, failure]).sort()).toEqual([
      ['pulled', null],
      ['pulled', null],
      ['retired', null],
    ])
  })

  test('comes while the first is in hand: the learner gets the result of the later one, whoever answers first', async () => {
    const { queue, account, connection } = await ready(false)
    const as = { ...account }
    const one = await lms.submit(installation.base_url, as, { queue, student: `${queue}-s`, response: 'right 1' })
    const held = await take(connection, queue)
    const two = await lms.submit(installation.base_url, as, { queue, student: `${queue}-s`, response: 'right 2' })
    await put(connection, held.header, '{"correct": true, "score": 1, "msg": ""}')
    await put(connection, (await take(connection, queue)).header, '{"correct": true, "score": 2, "msg": ""}')
    await expect.poll(() => two.learner.applied, { timeout: 5_000 }).toMatchObject([{ key: two.lms_key, score: 2 }])
    expect(one.learner).toBe(two.learner)
  })
})

describe('14 15 files', () => {
  test('come to the grader by address, under the learner’s names, byte for byte', async () => {
    const { queue, account, connection } = await ready(false)
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256))
    const files: Record<string, Buffer> = { 'main.py': Buffer.from('print("\r\n--b0undary")\n'), 'größe é.bin': bytes, 'empty.txt': Buffer.alloc(0) }
    // More than the map that openedx/xqueue keeps in one row.
    for (let i = 0; i < 20; i++) files[`${String(i).padStart(2, '0')}${'x'.repeat(80)}.txt`] = Buffer.from(`file ${i}`)
    const { said: told } = await lms.submit(installation.base_url, account, { queue, student: queue, files })
    expect(told).toEqual({ isOk: true, content: '1' })
    const submission = await take(connection, queue)
    expect(Object.keys(submission.files).sort()).toEqual(Object.keys(files).sort())
    for (const [name, url] of Object.entries(submission.files)) {
      const got = await fetch(url)
      expect([name, got.status, Buffer.from(await got.arrayBuffer()).equals(files[name]!)]).toEqual([name, 200, true])
    }
  })

  test('two of one name are both there', async () => {
    const { queue, connection, learner } = await ready(false)
    const { body, content_type } = multipart({ xqueue_header: headerFor(learner('a'), queue), xqueue_body: 'b' }, { 'a.txt': 'one', 'b.txt': 'two' })
    const doubled = Buffer.from(body.toString().replaceAll('b.txt', 'a.txt'))
    expect(said(await connection.ask('/xqueue/submit/', { method: 'POST', body: doubled, content_type }))).toEqual([200, 0, '1'])
    const { files } = await take(connection, queue)
    const texts = await Promise.all(Object.values(files).map(async (url) => (await fetch(url)).text()))
    expect(texts.sort()).toEqual(['one', 'two'])
  })
})

describe('text goes through as it is', () => {
  const texts: [name: string, text: string][] = [
    ['nothing', ''],
    ['white space at both ends', ' \t\r\n  {"a": 1}\r\n\r\n '],
    ['not JSON', 'x = 1 & y + 2 = 100% ; "quoted\\" <b>\u2028'],
    ['what looks encoded', 'a%20b+c%2Bd&amp;%zz%'],
    ['all of Unicode', 'ä é e\u0301 漢字 🎓 \u202e\ufeff\uffff\u{10ffff}'],
    ['NUL and controls', 'a\u0000b\u0001\u001f\u007f\u0085'],
    ['JSON whose order and doubles matter', '{"b":1, "a":2, "b":3, "n":1.0, "e":1E2}'],
    ['a megabyte', 'ü💾 '.repeat(130_000)],
  ]
  test.each(texts)('21 %s: body, header and reply, as a form and with a file', async (name, text) => {
    const { queue, connection, learner } = await ready(false)
    for (const sends of ['form', 'multipart'] as const) {
      const url = learner(sends)
      // Extras pass, and so does the way in which it is written.
      const lms_header = ` {"queue_name": ${JSON.stringify(queue)},\n\t"lms_key":"k",  "lms_callback_url" : "${url.replaceAll('/', '\\/')}", "note": ${JSON.stringify(name === 'a megabyte' ? 'x'.repeat(8_000) : text)} }\n`
      const fields = { xqueue_header: lms_header, xqueue_body: text }
      const sent = sends === 'form' ? { form: fields } : multipart(fields, { 'f.txt': 'f' })
      expect(said(await connection.ask('/xqueue/submit/', { method: 'POST', ...sent }))).toEqual([200, 0, '1'])
      const submission = await take(connection, queue)
      expect(submission.body === text, `${sends} of ${submission.body.length} instead of ${text.length} characters`).toBe(true)
      expect(await put(connection, submission.header, text)).toEqual([200, 0, ''])
      delivered.push({ path: new URL(url).pathname, header: lms_header, reply: text })
    }
  })

  // Everything that this file posted arrives here once, a second after the last of it: no answer came twice meanwhile.
  test('32 the LMS is called once for each, with its own header and the grader’s words, as a form without a name', async () => {
    const callsTo = (path: string) => lms.callbacks.filter((one) => one.path === path)
    await expect.poll(() => delivered.filter(({ path }) => callsTo(path).length === 0), { timeout: 10_000 }).toEqual([])
    await sleep(1_000)
    expect(delivered.length).toBeGreaterThan(20)
    for (const { path, header, reply } of delivered) {
      const calls = callsTo(path)
      expect(calls.map((one) => [one.method, one.content_type.split(';')[0], one.header === header, one.body === reply])).toEqual([
        ['POST', 'application/x-www-form-urlencoded', true, true],
      ])
      expect([...calls[0]!.fields.keys()].sort()).toEqual(['xqueue_body', 'xqueue_header'])
    }
  })
})
