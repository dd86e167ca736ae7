import { createServer, type Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { crashPoints } from '../src/db/crash-point.ts'
import { openQueue } from '../src/grading/open-queue.ts'
import { createGrader } from '../src/identity/create-grader.ts'
import { openTestDatabase, type TestDatabase } from './database.ts'
import { eventually, type Process, startServer, temporaryFolder } from './process.ts'

/**
 * kill -9 at every named step of the XQueue interface, with real server processes, a grader and an LMS (xqueue.md section 6 check e): the
 * LMS reads each result, and whoever repeats a call does no harm.
 */
let database: TestDatabase
let lms: Server
let callback = ''
const arrived: { key: string; reply: string }[] = []
const folder = temporaryFolder()
const secrets = { username: 'both', password: 'a secret of the test' }
const queue = 'crash'

beforeAll(async () => {
  database = await openTestDatabase(4)
  await openQueue(database.db, { name: queue, lease_seconds: 2, max_deliveries: 5 }, { actor_id: null })
  await createGrader(database.db, { username: secrets.username, queues: [queue], strict_status: false, secret: secrets.password }, { actor_id: null })
  lms = createServer((request, reply) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk))
    request.on('end', () => {
      const fields = new URLSearchParams(text)
      arrived.push({ key: (JSON.parse(fields.get('xqueue_header')!) as { lms_key: string }).lms_key, reply: fields.get('xqueue_body')! })
      reply.end()
    })
  })
  await new Promise<void>((resolve) => lms.listen(0, '127.0.0.1', resolve))
  callback = `http://127.0.0.1:${(lms.address() as { port: number }).port}`
})
afterAll(async () => {
  lms.closeAllConnections()
  lms.close()
  folder.remove()
  await database.close()
})
const running: Process[] = []
beforeEach(() => void arrived.splice(0))
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGKILL')
    await ended
  }
  await database.pool.query('delete from grading_jobs; delete from callbacks; delete from lms_submissions')
})

async function start(crash_point?: string): Promise<Process & { address: string }> {
  const server = await startServer({
    ...{ DATABASE_URL: database.url, GRADUS_DEMO: 'off', GRADUS_DB_POOL: '4', GRADUS_CALLBACK_HOSTS: '127.0.0.1', GRADUS_BLOBS: folder.path },
    ...(crash_point === undefined ? {} : { GRADUS_CRASH_POINT: crash_point }),
  })
  running.push(server)
  return server
}

/** A caller with a session; every call is null where the server died under it. */
async function logIn(address: string) {
  const form = (fields: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(fields) })
  const login = await fetch(`${address}/xqueue/login/`, form(secrets))
  const cookie = login.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  const call = async (path: string, fields?: Record<string, string>): Promise<{ return_code: number; content: string } | null> => {
    const answer = await fetch(`${address}/xqueue/${path}`, { ...(fields === undefined ? {} : form(fields)), headers: { cookie } }).catch(() => null)
    return answer === null ? null : ((await answer.json().catch(() => null)) as { return_code: number; content: string } | null)
  }
  return {
    submit: (lms_key: string) =>
      call('submit/', {
        xqueue_header: JSON.stringify({ lms_callback_url: `${callback}/x/${lms_key}`, lms_key, queue_name: queue }),
        xqueue_body: `work of ${lms_key}`,
      }),
    async pull(): Promise<string | null> {
      const answer = await call(`get_submission/?queue_name=${queue}`)
      return answer?.return_code === 0 ? (JSON.parse(answer.content) as { xqueue_header: string }).xqueue_header : null
    },
    put: (xqueue_header: string, xqueue_body = '{"correct": true, "score": 1, "msg": "ok"}') => call('put_result/', { xqueue_header, xqueue_body }),
  }
}
type Caller = Awaited<ReturnType<typeof logIn>>

const died = async (server: Process): Promise<void> => {
  expect(await Promise.race([server.ended, sleep(5_000)]), 'the armed server must have died').toMatchObject({ signal: 'SIGKILL' })
}
async function pullSoon(caller: Caller): Promise<string> {
  for (let tries = 0; tries < 80; tries++) {
    const header = await caller.pull()
    if (header !== null) return header
    await sleep(100)
  }
  throw new Error('nothing was handed out')
}

test('every step of the interface is killed here', () => {
  expect(crashPoints.filter((name) => name.startsWith('x'))).toEqual(['x1_lms_committed', 'x2_pull_committed', 'x3_put_committed', 'x4_called_back'])
})

test('killed after an LMS’s hand-in was stored: its repetition takes the place of the first, and one result comes', async () => {
  const armed = await start('x1_lms_committed')
  expect(await (await logIn(armed.address)).submit('k')).toBeNull()
  await died(armed)
  const again = await logIn((await start()).address)
  // An LMS that heard nothing hands in once more.
  expect(await again.submit('k')).toEqual({ return_code: 0, content: '1' })
  expect(await again.put((await again.pull())!)).toMatchObject({ return_code: 0 })
  expect(await again.pull()).toBeNull()
  await eventually('the result is there', () => arrived.length > 0)
  await sleep(1_000)
  expect(arrived.map(({ key }) => key)).toEqual(['k'])
})

test('killed after a job was handed out: it is handed out again with another key', async () => {
  const calm = await start()
  await (await logIn(calm.address)).submit('k')
  const armed = await start('x2_pull_committed')
  expect(await (await logIn(armed.address)).pull()).toBeNull()
  await died(armed)
  const caller = await logIn(calm.address)
  expect(await caller.put(await pullSoon(caller))).toMatchObject({ return_code: 0 })
  await eventually('the result is there', () => arrived.length === 1)
})

test.each([
  ['the grader repeats', true],
  ['the grader has gone', false],
])('killed after an answer was stored, %s: the LMS reads it once', async (_, repeats) => {
  const calm = await start()
  const caller = await logIn(calm.address)
  await caller.submit('k')
  const header = (await caller.pull())!
  calm.child.kill('SIGKILL')
  await calm.ended
  const armed = await start('x3_put_committed')
  expect(await (await logIn(armed.address)).put(header)).toBeNull()
  await died(armed)
  const again = await logIn((await start()).address)
  if (repeats) expect(await again.put(header)).toEqual({ return_code: 0, content: '' })
  await eventually('the result is there', () => arrived.length > 0)
  await sleep(1_000)
  expect(arrived).toEqual([{ key: 'k', reply: '{"correct": true, "score": 1, "msg": "ok"}' }])
  expect(await again.pull()).toBeNull()
})

test('killed after the LMS had the answer and before that was noted: it is told once more, the same', async () => {
  const armed = await start('x4_called_back')
  const caller = await logIn(armed.address)
  await caller.submit('k')
  await caller.put((await caller.pull())!)
  await died(armed)
  expect(arrived).toHaveLength(1)
  await start()
  // What a process that died had under way is due again when it must have ended.
  await database.pool.query('update callbacks set available_at = now()')
  await eventually('the result came again', () => arrived.length === 2)
  expect(arrived[1]).toEqual(arrived[0])
  await eventually('it is noted', async () => (await database.pool.query("select from callbacks where state = 'delivered'")).rowCount === 1)
})
