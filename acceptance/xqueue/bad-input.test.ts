import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Account, headerFor, type Installation, jobsOf, openInstallation, pull, put, said, submit, take } from './installation.ts'
import { Connection, multipart } from './peers/connection.ts'

/**
 * What careless and hostile callers send. Whatever it is, the answer is an envelope in good time, and nothing changes. The callback policy
 * is the one of an operator who set none: public addresses only.
 */
let installation: Installation
let count = 0
beforeAll(async () => {
  installation = await openInstallation({ GRADUS_CALLBACK_HOSTS: '' })
}, 240_000)
afterAll(() => installation?.product.stop())

// RFC 2606: nobody owns a name below `example`, so that no answer reaches anybody.
const callback = (of: string): string => `http://lms.university.example/${of}`
const GOOD = '{"correct": true, "score": 1, "msg": ""}'

async function ready(strict_status = false) {
  const name = `q${++count}`
  const queue = await installation.queue(name)
  const account = await installation.grader(`grader-${name}`, [queue], { strict_status })
  const connection = await installation.enter(account)
  return { queue, account, connection, status: (strict: number): number => (strict_status ? strict : 200) }
}

/** One submission in hand. */
async function held(strict_status = false) {
  const made = await ready(strict_status)
  await submit(made.connection, headerFor(callback(made.queue), made.queue), 'b')
  return { ...made, submission: await take(made.connection, made.queue) }
}

describe.each([
  ['the older dialect', false],
  ['the dialect of status codes', true],
])('an answer in %s', (_, strict_status) => {
  const scores = ['NaN', 'Infinity', '-Infinity', '"1"', '"NaN"', 'true', 'null', '-1', '-0.0001', '100000000', '1e308', '1e999', '[]', '{}']
  // Seen to fail: with the mark of `parseLoosely` taken out of the product, NaN was forwarded as text.
  test('whose score is none is refused, and the grader may answer again under its key', async () => {
    const { connection, submission, queue, status } = await held(strict_status)
    for (const score of scores) {
      const answer = `{"correct": true, "score": ${score}, "msg": "NaN in words is no harm"}`
      expect(await put(connection, submission.header, answer), score).toEqual([status(400), 1, 'Incorrect reply format'])
    }
    const [job] = await jobsOf(installation, queue)
    expect([job!.state, job!.deliveries]).toEqual(['pulled', 1])
    expect(await pull(connection, queue)).toBe(null)
    expect(await put(connection, submission.header, GOOD)).toEqual([200, 0, ''])
  })

  test.each([
    ['the largest score', '{"correct": true, "score": 99999999, "msg": ""}'],
    ['a fraction', '{"correct": false, "score": 0.1, "msg": ""}'],
    ['nothing but a score', '{"score": 0}'],
    ['a list', '[{"score": -1}]'],
    ['a number', '-1'],
    ['no score', '{"correct": true, "msg": ""}'],
    ['words of NaN in its message', '{"correct": true, "score": 1, "msg": "NaN, -Infinity: \\"score\\": NaN"}'],
    ['no JSON', '{"score": NaN'],
  ])('with %s is taken: an LMS may understand what we do not', async (_name, answer) => {
    const { connection, submission } = await held(strict_status)
    expect(await put(connection, submission.header, answer)).toEqual([200, 0, ''])
  })

  test('of 50 MB is refused in an envelope on a connection that lives on', async () => {
    const { connection, submission, queue, status } = await held(strict_status)
    const huge = `{"correct": true, "score": 1, "msg": "${'x'.repeat(50_000_000)}"}`
    const form = { xqueue_body: huge, xqueue_header: submission.header }
    for (const sent of [{ form }, multipart(form, {})]) {
      const reply = said(await connection.ask('/xqueue/put_result/', { method: 'POST', ...sent }))
      expect(reply).toEqual([status(400), 1, 'Incorrect reply format'])
    }
    const handin = said(
      await connection.ask('/xqueue/submit/', { method: 'POST', form: { xqueue_header: headerFor(callback('x'), queue), xqueue_body: huge } }),
    )
    expect(handin).toEqual([status(400), 1, 'Queue request has invalid format'])
    expect((await jobsOf(installation, queue)).map(({ state }) => state)).toEqual(['pulled'])
    expect(await put(connection, submission.header, GOOD)).toEqual([200, 0, ''])
  })

  test('with more than any form has, or in a form that is broken, is refused', async () => {
    const { connection, submission, queue, status } = await held(strict_status)
    const fields = { xqueue_header: submission.header, xqueue_body: GOOD }
    const good = multipart(fields, {})
    const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`part${i}`, 'x']))
    const latin = Buffer.concat([
      Buffer.from('xqueue_body=%7B%22score%22%3A1%2C%22msg%22%3A%22'),
      Buffer.from([0xe9]),
      Buffer.from('%22%7D&xqueue_header='),
    ])
    const form = 'application/x-www-form-urlencoded'
    const bodies: [name: string, body: Buffer | string, content_type: string | undefined][] = [
      ['10,001 fields', new URLSearchParams({ ...many, ...fields }).toString(), form],
      ['10,001 parts', ...partsOf(multipart({ ...many, ...fields }, {}))],
      ['10,001 files', ...partsOf(multipart({}, many))],
      ['multipart without a boundary', good.body, 'multipart/form-data'],
      ['multipart with another boundary', good.body, 'multipart/form-data; boundary=other'],
      ['multipart cut in the middle', good.body.subarray(0, 150), good.content_type],
      ['multipart of nothing', '', good.content_type],
      ['JSON', JSON.stringify({ xqueue_header: 7, xqueue_body: {} }), 'application/json'],
      ['JSON that is a list', JSON.stringify([fields]), 'application/json'],
      ['JSON that is cut', '{"xqueue_header":', 'application/json'],
      ['nothing at all', '', undefined],
      ['bytes that are no UTF-8', Buffer.concat([latin, Buffer.from(encodeURIComponent(submission.header))]), form],
      ['escapes that are no UTF-8', `xqueue_body=%FF%FE&xqueue_header=${encodeURIComponent(submission.header)}`, form],
      ['half of a surrogate', `xqueue_body=%ED%A0%80&xqueue_header=${encodeURIComponent(submission.header)}`, form],
      ['a name a megabyte long', `${'x'.repeat(1_000_000)}=1`, form],
      ['an empty chain', '&=&=&&===', form],
    ]
    for (const [name, body, content_type] of bodies) {
      const sent = { method: 'POST', body, ...(content_type === undefined ? {} : { content_type }) }
      expect(said(await connection.ask('/xqueue/put_result/', sent)), name).toEqual([status(400), 1, 'Incorrect reply format'])
      expect(said(await connection.ask('/xqueue/submit/', sent)), name).toEqual([status(400), 1, 'Queue request has invalid format'])
      expect(said(await connection.ask('/xqueue/login/', sent)), name).toMatchObject([expect.any(Number), 1, 'Insufficient login info'])
    }
    expect((await jobsOf(installation, queue)).map(({ state }) => state)).toEqual(['pulled'])
    expect(await put(connection, submission.header, GOOD)).toEqual([200, 0, ''])
  })

  test('with a header that is odd is refused', async () => {
    const { connection, submission, status } = await held(strict_status)
    const { id, key } = submission
    for (const header of [
      JSON.stringify([id, key]),
      JSON.stringify({ submission_id: [id], submission_key: key }),
      JSON.stringify({ submission_id: { id }, submission_key: key }),
      JSON.stringify({ submission_id: id, submission_key: [key] }),
      JSON.stringify({ submission_id: id, submission_key: null }),
      JSON.stringify({ submission_id: `${id}; drop table`, submission_key: key }),
      `{"submission_id": ${id}e300, "submission_key": "${key}"}`,
      `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
      '{"__proto__": {"submission_id": 1, "submission_key": "k"}}',
    ])
      expect(await put(connection, header, GOOD), header.slice(0, 80)).toEqual([status(400), 1, 'Incorrect reply format'])
    const [code, , content] = await put(connection, JSON.stringify({ submission_id: id, submission_key: `${key}\u0000` }), GOOD)
    expect([code, content]).toEqual([status(403), 'Incorrect key for submission'])
  })
})

const partsOf = ({ body, content_type }: { body: Buffer; content_type: string }): [Buffer, string] => [body, content_type]

describe('a hand-in', () => {
  test('whose callback is not public is refused while the operator has named no hosts', async () => {
    const { connection, queue } = await ready()
    const inside = [
      '127.0.0.1:8000',
      '[::1]',
      '10.1.2.3',
      '192.168.0.1',
      '169.254.169.254',
      '0.0.0.0',
      '0x7f.1',
      '2130706433',
      '[::ffff:127.0.0.1]',
      'localhost',
      'lms',
      'lms.internal',
    ]
    for (const host of inside) {
      const [code, return_code, content] = await submit(connection, headerFor(`http://${host}/c`, queue), 'b')
      expect([host, code, return_code]).toEqual([host, 200, 1])
      expect(content, host).toMatch(/\w+ \w+ \w+/)
    }
    expect(await submit(connection, headerFor(callback('public'), queue), 'b')).toEqual([200, 0, '1'])
  })

  test('with a header that is odd is refused or kept as it is, never half of it', async () => {
    const { connection, queue } = await ready()
    const header = (more: object): string => JSON.stringify({ lms_callback_url: callback('odd'), lms_key: 'k', queue_name: queue, ...more })
    const invalid = [
      header({ lms_callback_url: 7 }),
      header({ lms_callback_url: '' }),
      header({ lms_callback_url: `http://lms.university.example/${'x'.repeat(100_000)}` }),
      header({ lms_callback_url: 'http://lms.university.example/\u0000' }),
      header({ queue_name: [queue] }),
      header({ queue_name: '' }),
      `${header({})}x`,
      '{"a":'.repeat(20_000),
    ]
    for (const one of invalid) expect(await submit(connection, one, 'b'), one.slice(0, 100)).toEqual([200, 1, 'Queue request has invalid format'])
    expect(await pull(connection, queue)).toBe(null)
    // Eight kilobytes and more are an ordinary header.
    expect(await submit(connection, header({ note: 'ü'.repeat(8_000) }), 'b')).toEqual([200, 0, '1'])
  })

  test('whose queue has NUL in its name finds no queue', async () => {
    const { connection, queue } = await ready()
    const header = JSON.stringify({ lms_callback_url: callback('odd'), lms_key: 'k', queue_name: `${queue}\u0000` })
    const [status, return_code, content] = await submit(connection, header, 'b')
    expect([status, return_code, content]).toEqual([200, 1, expect.stringMatching(/not found|invalid format/)])
  })

  test('by get_submission with an odd queue finds no queue', async () => {
    const { connection } = await ready()
    for (const query of ['%00', "x'%20or%201=1", '%FF', '../../x', 'a'.repeat(6_000), '%F0%9F%8E%93']) {
      for (const call of ['get_submission', 'get_queuelen']) {
        const reply = await connection.ask(`/xqueue/${call}/?queue_name=${query}`)
        expect([query.slice(0, 20), reply.status, said(reply)[1]]).toEqual([query.slice(0, 20), 200, 1])
      }
    }
    // The last of two counts, as in every peer; an empty name is none.
    const empty = said(await connection.ask('/xqueue/get_submission/?queue_name='))
    expect([empty[0], empty[1]]).toEqual([200, 1])
  })

  test('with files that climb, hide or have no name stays in its place', async () => {
    const { connection, queue } = await ready()
    const { body, content_type } = multipart(
      { xqueue_header: headerFor(callback(queue), queue), xqueue_body: 'b' },
      { '../../../etc/passwd': 'one', '..': 'two', 'a/b\\c.py': 'three', '<img src=x>.py': 'four' },
    )
    expect(said(await connection.ask('/xqueue/submit/', { method: 'POST', body, content_type }))).toEqual([200, 0, '1'])
    const { files } = await take(connection, queue)
    expect(Object.keys(files)).toHaveLength(4)
    for (const name of Object.keys(files)) expect(name).not.toMatch(/[/\\]|^\.+$/)
    const got = await Promise.all(Object.values(files).map((url) => fetch(url)))
    expect((await Promise.all(got.map((one) => one.text()))).sort()).toEqual(['four', 'one', 'three', 'two'])
    for (const { headers } of got)
      expect([headers.get('content-disposition'), headers.get('x-content-type-options')]).toEqual([expect.stringMatching(/^attachment/), 'nosniff'])
  })

  test('with files but without a session keeps nothing and says login_required', async () => {
    const { queue } = await ready()
    const stranger = new Connection(installation.base_url)
    const { body, content_type } = multipart(
      { xqueue_header: headerFor(callback(queue), queue), xqueue_body: 'b' },
      { 'big.bin': Buffer.alloc(5_000_000) },
    )
    expect(said(await stranger.ask('/xqueue/submit/', { method: 'POST', body, content_type }))).toEqual([200, 1, 'login_required'])
  })
})

describe('who calls', () => {
  test('a page of another origin is refused, whatever cookies its browser sends', async () => {
    const { connection, submission, account, queue } = await held()
    for (const Origin of [
      'https://evil.example',
      'null',
      `${installation.base_url}.evil.example`,
      installation.base_url.replace('127.0.0.1', 'localhost'),
    ]) {
      const headers = { Origin }
      const calls = [
        connection.post('/xqueue/put_result/', { xqueue_header: submission.header, xqueue_body: GOOD }, { headers }),
        connection.post('/xqueue/submit/', { xqueue_header: headerFor(callback('evil'), queue), xqueue_body: 'b' }, { headers }),
        connection.post('/xqueue/login/', { ...account }, { headers }),
        connection.post('/xqueue/logout/', {}, { headers }),
        connection.ask(`/xqueue/get_submission/?queue_name=${queue}`, { headers }),
      ]
      for (const reply of await Promise.all(calls))
        expect([Origin, reply.status, reply.text.includes('"return_code": 0')]).toEqual([Origin, 403, false])
    }
    expect((await jobsOf(installation, queue)).map(({ state }) => state)).toEqual(['pulled'])
    const own = { headers: { Origin: installation.base_url } }
    expect(said(await connection.post('/xqueue/put_result/', { xqueue_header: submission.header, xqueue_body: GOOD }, own))).toEqual([200, 0, ''])
  })

  test('Basic credentials are of a proxy before us: they open nothing and close nothing', async () => {
    const { account, queue } = await ready()
    const basic = new Connection(installation.base_url, { basic: `${account.username}:${account.password}` })
    expect((await basic.ask(`/xqueue/get_submission/?queue_name=${queue}`)).status).toBe(302)
    expect(await submit(basic, headerFor(callback('c'), queue), 'b')).toEqual([200, 1, 'login_required'])
    for (const outer of ['proxy:wrong', ':', 'no colon']) {
      const connection = new Connection(installation.base_url, { basic: outer })
      expect(said(await connection.post('/xqueue/login/', { ...account }))).toEqual([200, 0, 'Logged in'])
      expect(await submit(connection, headerFor(callback(outer), queue), 'b')).toMatchObject([200, 0, expect.any(String)])
      expect(await put(connection, (await take(connection, queue)).header, GOOD)).toEqual([200, 0, ''])
    }
    for (const Authorization of ['Bearer of-nothing', 'Basic', 'Digest x="', '\u00e4']) {
      const connection = await installation.enter(account)
      const reply = await connection.ask(`/xqueue/get_submission/?queue_name=${queue}`, { headers: { Authorization } })
      expect([Authorization, said(reply)]).toEqual([Authorization, [200, 1, `Queue '${queue}' is empty`]])
    }
  })

  test('odd cookies are no session', async () => {
    const { queue } = await ready()
    for (const Cookie of [
      'sessionid=',
      'sessionid=%00',
      `sessionid=${'x'.repeat(6_000)}`,
      'sessionid',
      ';;;=',
      "sessionid=' or 1=1",
      'sessionid="ü"',
    ]) {
      const reply = await new Connection(installation.base_url).ask(`/xqueue/get_submission/?queue_name=${queue}`, {
        headers: { Cookie: Buffer.from(Cookie).toString('latin1') },
      })
      expect([Cookie.slice(0, 30), reply.status]).toEqual([Cookie.slice(0, 30), 302])
    }
  })

  test('odd credentials are wrong credentials', async () => {
    const { account } = await ready()
    const connection = new Connection(installation.base_url)
    for (const form of [
      { username: account.username, password: '' },
      { username: account.username, password: `${account.password}\u0000` },
      { username: `${account.username} `, password: account.password },
      { username: 'x'.repeat(100_000), password: account.password },
      { username: account.username, password: 'x'.repeat(1_000_000) },
    ])
      expect(said(await connection.post('/xqueue/login/', form)), JSON.stringify(form).slice(0, 60)).toEqual([200, 1, 'Incorrect login credentials'])
  })

  test('NUL in a username is a wrong credential', async () => {
    const connection = new Connection(installation.base_url)
    const answer = said(await connection.post('/xqueue/login/', { username: 'a\u0000', password: 'b' }))
    expect(answer).toEqual([200, 1, 'Incorrect login credentials'])
  })

  // The last of the file: from here on this machine is a guesser. Seen to fail: with successes counted too, the 31st good login was refused.
  test('guessing is limited, by failures only: 500 good logins pass', async () => {
    const { account, queue, connection: inside } = await ready()
    const { account: other } = await ready()
    const login = async ({ username, password }: Account) => {
      const connection = new Connection(installation.base_url)
      const answer = said(await connection.post('/xqueue/login/', { username, password }))
      connection.close()
      return answer
    }
    const started = performance.now()
    const answers = (
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          const own = []
          for (let i = 0; i < 63; i++) own.push(await login(account))
          return own
        }),
      )
    ).flat()
    console.log(`${answers.length} logins, 8 at a time: ${Math.round((answers.length / (performance.now() - started)) * 1_000)} a second`)
    expect(answers.filter(([, , content]) => content !== 'Logged in')).toEqual([])

    const refusals = []
    for (let i = 0; i < 120; i++) refusals.push(await login({ ...account, password: `guess ${i}` }))
    // Every one of them an envelope, most of them unseen.
    expect(refusals.filter(([code, return_code]) => code !== 200 || return_code !== 1)).toEqual([])
    const unseen = refusals.filter(([, , content]) => content !== 'Incorrect login credentials')
    expect(unseen.length).toBeGreaterThanOrEqual(60)
    expect(unseen[0]![2]).toMatch(/\w+ \w+ \w+/)
    // Right or wrong, it is not looked at any more; another account from here is.
    expect((await login(account))[1]).toBe(1)
    expect(await login(other)).toEqual([200, 0, 'Logged in'])
    // And who was in stays in.
    expect(said(await inside.ask(`/xqueue/get_submission/?queue_name=${queue}`))).toEqual([200, 1, `Queue '${queue}' is empty`])
  })
})
