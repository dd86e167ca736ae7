import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** One submission in the peer, with the facts of its life. */
export interface Row {
  id: number
  queue: string
  body: string
  files: string
  key: string | undefined
  pulled_at: number | undefined
  deliveries: number
  is_retired: boolean
  /** What graders answered and the peer took, in order. */
  replies: string[]
}

export interface PeerOptions {
  /** How long a submission that was handed out is hidden. */
  visible_after_ms?: number
  /** Where the protocol is mounted: the folder above `xqueue/`. */
  prefix?: string
  /** Which of the two envelopes it speaks. */
  envelope?: 'return_code' | 'success'
  csrf_cookie?: string
  /** The account is not in the group that may grade. */
  lacks_group?: boolean
}

export const account = { user: 'grader', password: 'a pass&word' }
const token = (): string => randomBytes(16).toString('hex')

interface Call {
  method: string
  /** Behind `xqueue/`, without slashes. */
  name: string
  query: URLSearchParams
  form: URLSearchParams
  cookies: ReadonlyMap<string, string>
  headers: IncomingMessage['headers']
}
interface Said {
  status: number
  body?: string
  headers?: Record<string, string | string[]>
}

/**
 * Someone else's XQueue server, in memory, for one account and the queue `q`: `legacy` as openedx/xqueue answers, `eds`
 * as the views of edx-submissions 4.0.2 do, row by row of the conformance table. It can go away and come back with its
 * submissions, forget its sessions, and lose its answers.
 */
export async function xqueuePeer(dialect: 'legacy' | 'eds', options: PeerOptions = {}) {
  const { visible_after_ms = 60_000, prefix = '/', envelope = 'return_code', csrf_cookie = 'csrftoken', lacks_group = false } = options
  const rows: Row[] = []
  const calls: { method: string; path: string; status: number; headers: IncomingMessage['headers'] }[] = []
  const files = new Map<string, Buffer>()
  let sessions = new Set<string>()
  let connections = 0
  let losing = 0
  let slow_ms = 0
  let is_locked = false
  let forced: number[] = []
  let port = 0
  let server: Server | undefined
  const sockets = new Set<Socket>()

  /** Python writes JSON with spaces, and clients must not mind. */
  const spaced = (value: object): string =>
    `{${Object.entries(value)
      .map(([k, v]) => `${JSON.stringify(k)}: ${JSON.stringify(v)}`)
      .join(', ')}}`
  const say = (status: number, code: 0 | 1, content: unknown, headers: Said['headers'] = {}): Said => ({
    status: dialect === 'legacy' ? 200 : status,
    body: spaced(envelope === 'success' ? { success: code === 0, content } : { return_code: code, content }),
    headers: { 'content-type': dialect === 'legacy' ? 'text/html; charset=utf-8' : 'application/json', ...headers },
  })
  const detail = (status: number, text: string): Said => ({ status, body: spaced({ detail: text }), headers: { 'content-type': 'application/json' } })
  const cookie = (name: string, value: string): string =>
    `${name}=${value}; expires=Fri, 01 Jan 2100 00:00:00 GMT; Max-Age=31449600; Path=/; SameSite=Lax`

  /** Django's guard for sessions: the cookie's token must come back as a header, and over TLS a Referer of the own host. */
  function forgery(call: Call): Said | null {
    if (dialect === 'legacy') return null
    const ours = call.cookies.get(csrf_cookie)
    if (ours === undefined) return detail(403, 'CSRF Failed: CSRF cookie not set.')
    if (call.headers['x-csrftoken'] !== ours) return detail(403, 'CSRF Failed: CSRF token missing.')
    if (!call.headers.referer?.startsWith(`http://127.0.0.1:${port}/`)) return detail(403, 'CSRF Failed: Referer checking failed - no Referer.')
    return null
  }
  const isIn = (call: Call): boolean => sessions.has(call.cookies.get('sessionid') ?? '')

  function login(call: Call): Said {
    if (call.method !== 'POST')
      return dialect === 'legacy' ? say(200, 1, 'login_required') : say(200, 0, '', { 'set-cookie': cookie(csrf_cookie, token()) })
    if (isIn(call)) {
      const refused = forgery(call)
      if (refused !== null) return refused
    }
    const [username, password] = [call.form.get('username'), call.form.get('password')]
    if (username === null || password === null) return say(400, 1, 'Insufficient login info')
    if (username !== account.user || password !== account.password) return say(401, 1, 'Incorrect login credentials')
    const id = token()
    sessions.add(id)
    const session = `sessionid=${id}; HttpOnly; Path=/; SameSite=Lax`
    return say(200, 0, 'Logged in', { 'set-cookie': dialect === 'legacy' ? session : [cookie(csrf_cookie, token()), session] })
  }

  function handOut(call: Call): Said {
    const queue = call.query.get('queue_name')
    if (queue === null) return say(400, 1, "'get_submission' must provide parameter 'queue_name'")
    if (dialect === 'legacy' && queue !== 'q') return say(200, 1, `Queue '${queue}' not found`)
    const now = Date.now()
    const isOut = (row: Row) => row.pulled_at !== undefined && now - row.pulled_at < visible_after_ms
    const row = rows.find((one) => one.queue === queue && !one.is_retired && !isOut(one))
    if (row === undefined) return say(200, 1, `Queue '${queue}' is empty`)
    row.deliveries++
    // The newer server neither renews the key nor the time of a submission whose lease has ended.
    if (dialect === 'legacy' || row.pulled_at === undefined) {
      row.key = dialect === 'legacy' ? createHash('md5').update(`${now}${row.id}${row.deliveries}`).digest('hex') : randomUUID()
      row.pulled_at = now
    }
    const header = `{"submission_id":  ${row.id}, "submission_key": "${row.key}"}`
    return say(200, 0, spaced({ xqueue_header: header, xqueue_body: row.body, xqueue_files: row.files }))
  }

  function takeBack(call: Call): Said {
    if (call.method !== 'POST')
      return dialect === 'legacy' ? say(200, 1, "'put_result' must use HTTP POST") : detail(405, 'Method "GET" not allowed.')
    const body = call.form.get('xqueue_body')
    const header = objectIn(call.form.get('xqueue_header'))
    if (body === null || header?.submission_id === undefined || header.submission_key === undefined) return say(400, 1, 'Incorrect reply format')
    if (dialect === 'eds' && objectIn(body) === null) return say(400, 1, 'Incorrect reply format')
    if (!Number.isInteger(header.submission_id)) return { status: 500, body: '<h1>Server Error (500)</h1>' }
    const row = rows.find((one) => one.id === header.submission_id)
    if (row === undefined) return say(404, 1, 'Submission does not exist')
    if (dialect === 'eds' && is_locked) return say(409, 1, 'Submission is currently being processed')
    if (row.key === undefined || row.key !== header.submission_key) return say(403, 1, 'Incorrect key for submission')
    if (dialect === 'eds' && row.is_retired) return { status: 500, body: '<h1>Server Error (500)</h1>' }
    row.is_retired = true
    row.replies.push(body)
    return say(200, 0, '')
  }

  function answer(call: Call, path: string): Said {
    const status = forced.shift()
    if (status !== undefined) return { status, body: '<h1>It works not</h1>' }
    if (call.name === 'login') return login(call)
    if (call.name === 'logout' || call.name === 'status' || call.name === 'submit') return { status: 404 }
    if (call.name !== 'get_submission' && call.name !== 'put_result') return { status: 404 }
    if (!isIn(call)) {
      const next = `${prefix}xqueue/login/?next=${encodeURIComponent(path)}`
      return dialect === 'legacy' ? { status: 302, headers: { location: next } } : detail(403, 'Authentication credentials were not provided.')
    }
    if (lacks_group) return detail(403, 'You do not have permission to perform this action.')
    if (call.name === 'get_submission') return handOut(call)
    return forgery(call) ?? takeBack(call)
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ''
    for await (const chunk of request) text += chunk
    const { pathname, searchParams } = new URL(request.url!, 'http://peer')
    const cookies = new Map((request.headers.cookie ?? '').split('; ').map((pair) => pair.split('=', 2) as [string, string]))
    const file = files.get(pathname)
    const below = `${prefix}xqueue/`
    const call: Call = {
      method: request.method!,
      name: pathname.slice(below.length, -1),
      query: searchParams,
      form: new URLSearchParams(text),
      cookies,
      headers: request.headers,
    }
    const said: Said & { bytes?: Buffer } = (() => {
      if (file !== undefined) return { status: 200, bytes: file }
      if (!pathname.startsWith(below)) return { status: 404 }
      if (!pathname.endsWith('/')) return { status: 301, headers: { location: `${pathname}/` } }
      return answer(call, pathname)
    })()
    calls.push({ method: request.method!, path: pathname, status: said.status, headers: request.headers })
    if (slow_ms > 0) await new Promise((resolve) => setTimeout(resolve, slow_ms))
    if (losing > 0 && call.name === 'put_result') {
      losing--
      response.destroy()
      return
    }
    response.writeHead(said.status, said.headers).end(said.bytes ?? said.body)
  }

  async function comeBack(): Promise<void> {
    server = createServer((request, response) => void handle(request, response).catch(() => response.destroy()))
    server.on('connection', (socket) => {
      connections++
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
    })
    await new Promise<void>((resolve) => server!.listen(port, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  }
  async function goAway(): Promise<void> {
    const closed = new Promise((resolve) => server!.close(resolve))
    server!.closeAllConnections()
    await closed
  }
  await comeBack()

  return {
    origin: `http://127.0.0.1:${port}`,
    /** As the operator gives it. */
    url: `http://127.0.0.1:${port}${prefix}`,
    rows,
    /** Every request in order. */
    calls,
    /** By path: what learners sent. */
    files,
    /** Calls of the protocol by name, such as `login`; of logins only those that send a password. */
    count: (name: string): number =>
      calls.filter((one) => one.path === `${prefix}xqueue/${name}/` && (name !== 'login' || one.method === 'POST')).length,
    connections: (): number => connections,
    add(payload: unknown, student_response: string, sent: Record<string, string> = {}): Row {
      const body = {
        grader_payload: typeof payload === 'string' ? payload : `\n  ${JSON.stringify(payload)}\n`,
        student_info: JSON.stringify({ anonymous_student_id: 'a'.repeat(32), submission_time: '20260102030405', random_seed: 1 }),
        student_response,
      }
      return this.addBody(JSON.stringify(body), sent)
    },
    addBody(body: string, sent: Record<string, string> = {}): Row {
      const row: Row = {
        id: rows.length + 1,
        queue: 'q',
        body,
        files: JSON.stringify(sent),
        key: undefined,
        pulled_at: undefined,
        deliveries: 0,
        is_retired: false,
        replies: [],
      }
      rows.push(row)
      return row
    },
    forgetSessions(): void {
      sessions = new Set()
    },
    /** The next `count` results are taken, and the connection breaks before the answer. */
    loseAnswers(count: number): void {
      losing = count
    },
    /** The next calls are answered with these statuses and nothing else happens. */
    force(...statuses: number[]): void {
      forced = statuses
    },
    /** Whether another call holds the rows: the newer server does not wait for it. */
    lock(value: boolean): void {
      is_locked = value
    },
    /** Does at once what is asked, and answers so much later. */
    slowDown(ms: number): void {
      slow_ms = ms
    },
    /** Closes connections that idle, as servers do. */
    closeIdle(): void {
      for (const socket of sockets) socket.destroy()
    },
    goAway,
    comeBack,
  }
}
export type XQueuePeer = Awaited<ReturnType<typeof xqueuePeer>>

function objectIn(text: string | null): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
