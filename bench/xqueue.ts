import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import type pg from 'pg'
import { openQueue } from '../apps/server/src/grading/open-queue.ts'
import { createGrader } from '../apps/server/src/identity/create-grader.ts'
import { median, openScratch, recordStatements, type Statement, startServer } from './scratch.ts'

/**
 * `node bench/xqueue.ts [seconds]`: what graders and learning management systems get through HTTP, at 1, 8 and 32 at once, beside
 * pgbench claiming jobs with the very statement of the product on the same database; the same with 200,000 retired and 20,000 pending
 * jobs; answers while the LMS takes 8 s; statements per call. Needs DATABASE_URL of a server on which a database may be made, and pgbench.
 */
const seconds = Number(process.argv[2] ?? 5)
const AT_ONCE = [1, 8, 32]
const QUEUE = 'bench'
const SECRET = 'a secret of the bench'

const header = (callback: string, n: number): string =>
  JSON.stringify({
    lms_callback_url: `${callback}/courses/course-v1:O+C+R/xqueue/${n}/block-v1:O+C+R+type@problem+block@abc/score_update`,
    lms_key: `${n}`,
    queue_name: QUEUE,
  })
const body = JSON.stringify({
  student_info: JSON.stringify({ anonymous_student_id: 'f'.repeat(32), submission_time: '20260101000000', random_seed: 1 }),
  grader_payload: '{"grader": "ps1/grade.py"}',
  student_response: 'n = int(input())\nprint(n)\n'.repeat(20),
})
const form = (fields: Record<string, string>): string => new URLSearchParams(fields).toString()
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

let sent = 0

const { db, pool, url, drop } = await openScratch()
const folder = mkdtempSync(join(tmpdir(), 'gradus-bench-'))
let lms_delay_ms = 0
const lms = createHttpServer((request, reply) => {
  request.resume()
  setTimeout(() => reply.end(), lms_delay_ms)
}).listen(0, '127.0.0.1')
const retired = (count: number): string => `
  insert into grading_jobs (id, queue, kind, subject_id, share_id, principal_id, needs, work_ms, turn, xqueue_id, status, retired_at, tries)
  select gen_random_uuid(), '${QUEUE}', 'lms', gen_random_uuid(), '00000000-0000-0000-0000-000000000000', a.id, '', 1, 0, nextval('xqueue_ids'),
    'retired', now() - interval '1 day', 1 from generate_series(1, ${count}) i, grader_accounts a`

let stop = async (): Promise<void> => {}
try {
  await openQueue(db, { name: QUEUE, lease_seconds: 3_600, max_deliveries: 100 }, { actor_id: null })
  await createGrader(db, { username: 'bench', queues: [QUEUE], strict_status: false, secret: SECRET }, { actor_id: null })
  const callback = `http://127.0.0.1:${(lms.address() as { port: number }).port}`
  const statements = await record(callback)
  for (const [name, sent] of statements) console.log(`statements of ${name}: ${sent.length}`)
  const server = await startServer(url, { GRADUS_CALLBACK_HOSTS: '127.0.0.1', GRADUS_DATA: folder })
  stop = server.stop
  const { base_url } = server
  const cookie = await logIn(base_url)

  console.log('\nop, at once: per second, p50/p97.5/p99 ms')
  const gets: number[] = []
  for (const c of AT_ONCE) {
    await empty()
    print('submit', c, await submits(base_url, cookie, c, callback))
    await empty()
    await fill(20_000)
    const got = await pulls(base_url, cookie, c)
    gets.push(got.rate)
    print('get', c, got)
    console.log(`get: ${got.distinct} of ${got.count} distinct`)
    console.log(`pgbench claim, c=${c}: ${pgbenchClaim(statements.get('get')![0]!, c).toFixed(0)} per second`)
    await empty()
    print('put', c, await puts(base_url, cookie, c))
  }
  await empty()
  print('LMS with a fresh session each (3 requests)', 8, await freshSessions(base_url, callback))

  await empty()
  await pool.query({ text: retired(200_000), query_timeout: 0 } as pg.QueryConfig)
  await fill(20_000)
  await pool.query('vacuum analyze')
  const full: number[] = []
  const short: number[] = []
  // In turns, so that a slow minute of the machine hits both.
  for (let round = 0; round < 3; round++) {
    await fill(20_000)
    full.push((await pulls(base_url, cookie, 8)).rate)
  }
  await empty()
  for (let round = 0; round < 3; round++) {
    await fill(20_000)
    short.push((await pulls(base_url, cookie, 8)).rate)
  }
  const ratio = median(full) / median(short)
  console.log(
    `get with 200,000 retired and 20,000 pending, c=8: ${full.map((n) => n.toFixed(0)).join(', ')} per second; with no history ${short.map((n) => n.toFixed(0)).join(', ')}; ratio ${ratio.toFixed(2)}`,
  )

  await empty()
  lms_delay_ms = 8_000
  print('put while the LMS takes 8 s', 8, await puts(base_url, cookie, 8))
} finally {
  lms.closeAllConnections()
  lms.close()
  await stop()
  rmSync(folder, { recursive: true, force: true })
  await drop()
}

interface Measured {
  rate: number
  p50: number
  p95: number
  p99: number
}

function print(op: string, c: number, { rate, p50, p95, p99 }: Measured): void {
  console.log(`${op}, c=${c}: ${rate.toFixed(0)} per second, ${p50}/${p95}/${p99} ms`)
}

async function empty(): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await pool.query('truncate grading_jobs, lms_submissions, lms_files, callbacks')
      return
    } catch (error) {
      // The server looks through these tables as well, in another order.
      if ((error as { code?: string }).code !== '40P01' || tries === 20) throw error
    }
  }
}

/** Pending hand-ins, made in SQL: as many as the load can take. */
async function fill(count: number): Promise<void> {
  await pool.query(
    `with made as (
       insert into lms_submissions (id, queue, submitted_by, header, body, callback_url, callback_host)
       select gen_random_uuid(), $1, a.id, convert_to('{}', 'UTF8'), convert_to($2, 'UTF8'), 'http://127.0.0.1:' || $4 || '/' || i, '127.0.0.1:' || $4
       from generate_series(1, $3::int) i, grader_accounts a returning id, submitted_by)
     insert into grading_jobs (id, queue, kind, subject_id, share_id, principal_id, needs, work_ms, turn, xqueue_id)
     select gen_random_uuid(), $1, 'lms', id, '00000000-0000-0000-0000-000000000000', submitted_by, '', 1, 0, nextval('xqueue_ids') from made`,
    [QUEUE, body, count, String((lms.address() as { port: number }).port)],
  )
  await pool.query('analyze grading_jobs')
}

async function logIn(base_url: string): Promise<string> {
  const answer = await fetch(`${base_url}/xqueue/login/`, { method: 'POST', headers: FORM, body: form({ username: 'bench', password: SECRET }) })
  return answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0]!)
    .join('; ')
}

type Options = Parameters<typeof autocannon>[0]

async function run(base_url: string, c: number, requests: Options['requests'], more: Partial<Options> = {}): Promise<Measured & { count: number }> {
  const result = await autocannon({ url: base_url, connections: c, duration: seconds, requests, ...more } as Options)
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refusals and ${result.errors} errors in the load`)
  const { p50, p97_5, p99 } = result.latency
  return { rate: result['2xx'] / result.duration, count: result['2xx'], p50, p95: p97_5, p99 }
}

async function submits(base_url: string, cookie: string, c: number, callback: string): Promise<Measured> {
  return run(base_url, c, [
    {
      method: 'POST',
      path: '/xqueue/submit/',
      setupRequest: (request) => {
        request.headers = { ...FORM, cookie }
        request.body = form({ xqueue_header: header(callback, sent++), xqueue_body: body })
        return request
      },
    },
  ])
}

async function pulls(base_url: string, cookie: string, c: number): Promise<Measured & { distinct: number; count: number }> {
  const keys = new Set<string>()
  const measured = await run(base_url, c, [
    {
      method: 'GET',
      path: `/xqueue/get_submission/?queue_name=${QUEUE}`,
      headers: { cookie },
      onResponse: (_status, text) => {
        const id = /submission_id\\*":\s?(\d+)/.exec(text)?.[1]
        if (id === undefined) throw new Error(`not a delivery: ${text.slice(0, 100)}`)
        keys.add(id)
      },
    },
  ])
  return { ...measured, distinct: keys.size }
}

async function puts(base_url: string, cookie: string, c: number): Promise<Measured> {
  await fill(c === 1 ? 6_000 : 20_000)
  const headers: string[] = []
  // Pulled beforehand, so that answers alone are measured.
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (;;) {
        const answer = (await (await fetch(`${base_url}/xqueue/get_submission/?queue_name=${QUEUE}`, { headers: { cookie } })).json()) as {
          return_code: number
          content: string
        }
        if (answer.return_code !== 0) return
        headers.push((JSON.parse(answer.content) as { xqueue_header: string }).xqueue_header)
      }
    }),
  )
  const reply = JSON.stringify({ correct: true, score: 1, msg: '<div><p>All tests passed.</p></div>' })
  let wrong = 0
  const amount = headers.length
  const measured = await run(
    base_url,
    c,
    [
      {
        method: 'POST',
        path: '/xqueue/put_result/',
        setupRequest: (request) => {
          request.headers = { ...FORM, cookie }
          request.body = form({ xqueue_body: reply, xqueue_header: headers.pop() ?? '{}' })
          return request
        },
        onResponse: (_status, text) => {
          if (!text.includes('"return_code": 0')) wrong++
        },
      },
    ],
    { amount: amount - 2 * c },
  )
  if (wrong > 0) throw new Error(`${wrong} answers were refused`)
  return measured
}

/** As capa does it: submit, be told to log in, log in, submit again; a session of its own for every hand-in. */
async function freshSessions(base_url: string, callback: string): Promise<Measured> {
  const submit = (context: { cookie?: string }): { headers: Record<string, string>; body: string } => ({
    headers: { ...FORM, ...(context.cookie === undefined ? {} : { cookie: context.cookie }) },
    body: form({ xqueue_header: header(callback, sent++), xqueue_body: body }),
  })
  const measured = await run(base_url, 8, [
    { method: 'POST', path: '/xqueue/submit/', setupRequest: (request) => Object.assign(request, submit({})) },
    {
      ...{ method: 'POST', path: '/xqueue/login/', headers: FORM, body: form({ username: 'bench', password: SECRET }) },
      onResponse: (_status, _text, context, headers) => {
        const cookies = (headers as Record<string, string | string[]>)['set-cookie'] ?? []
        ;(context as { cookie?: string }).cookie = [cookies]
          .flat()
          .map((one) => one.split(';')[0]!)
          .join('; ')
      },
    },
    {
      ...{
        method: 'POST',
        path: '/xqueue/submit/',
        setupRequest: (request, context) => Object.assign(request, submit(context as { cookie?: string })),
      },
      onResponse: (_status, text) => {
        if (!text.includes('"return_code": 0')) throw new Error(`not accepted: ${text}`)
      },
    },
  ])
  return { ...measured, rate: measured.rate / 3 }
}

/** What the server sends to the database for each call of the protocol, taken down from real ones. */
async function record(callback: string): Promise<Map<string, Statement[]>> {
  const found = new Map<string, Statement[]>()
  await recordStatements(url, { GRADUS_CALLBACK_HOSTS: '127.0.0.1' }, async (app, take) => {
    let cookie = ''
    const call = async (name: string, method: 'GET' | 'POST', path: string, fields?: Record<string, string>) => {
      take()
      const answer = await app.inject({
        method,
        url: `/xqueue/${path}`,
        headers: { ...FORM, cookie },
        ...(fields === undefined ? {} : { payload: form(fields) }),
      })
      found.set(name, take())
      if (answer.statusCode !== 200 || answer.json<{ return_code: number }>().return_code !== 0) throw new Error(`${name}: ${answer.body}`)
      if (answer.cookies.length > 0) cookie = answer.cookies.map(({ name: one, value }) => `${one}=${value}`).join('; ')
      return answer.json<{ content: string }>().content
    }
    await call('login', 'POST', 'login/', { username: 'bench', password: SECRET })
    await call('submit', 'POST', 'submit/', { xqueue_header: header(callback, 0), xqueue_body: body })
    const delivery = JSON.parse(await call('get', 'GET', `get_submission/?queue_name=${QUEUE}`)) as { xqueue_header: string }
    await call('put', 'POST', 'put_result/', { xqueue_header: delivery.xqueue_header, xqueue_body: '{"correct":true,"score":1,"msg":""}' })
  })
  return found
}

/** pgbench's claims per second with the product's own statement, prepared. */
function pgbenchClaim({ text, values }: Statement, c: number): number {
  const literal = (value: unknown, i: number): string => {
    // Of the buffers the first is the session, the second the hash of the new key.
    if (Buffer.isBuffer(value)) return i === 0 ? `'\\x${value.toString('hex')}'::bytea` : 'sha256(random()::text::bytea)'
    return `'${String(value).replaceAll("'", "''")}'`
  }
  const script = text
    .replace(/\$(\d+)/g, (_, index: string) => literal(values[Number(index) - 1], Number(index) - 1))
    .replace(/--[^\n]*/g, '')
    .replace(/\s*\n\s*/g, ' ')
  const file = join(folder, 'claim.sql')
  writeFileSync(file, `${script};\n`)
  const args = ['-n', '-M', 'prepared', '-c', String(c), '-j', '2', '-T', String(seconds), '-f', file, url]
  return Number(/tps = ([\d.]+)/.exec(execFileSync('pgbench', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }))![1])
}
