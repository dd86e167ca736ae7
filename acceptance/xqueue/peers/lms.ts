import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection, multipart, type Reply } from './connection.ts'
import { type Envelope, readEnvelope } from './envelope.ts'

/** One call that came back from a queue. */
export interface Callback {
  path: string
  method: string
  content_type: string
  /** The whole form, as it came. */
  raw: string
  fields: URLSearchParams
  header: string
  body: string
  at: number
}

/** One learner's problem: at most one key is pending, and a result under another key is somebody's old answer. */
export interface Learner {
  path: string
  pending_key: string | null
  applied: { key: string; correct: boolean | null; score: number; msg: string }[]
  ignored: number
  invalid: number
}

export interface Handin {
  queue: string
  student: string
  problem?: string
  response?: string
  /** The text of the course's XML, with whatever white space its author left. */
  payload?: string
  files?: Record<string, Buffer | string>
}

export interface Submitted {
  learner: Learner
  lms_key: string
  header: string
  body: string
  /** What capa shows the learner. */
  said: Envelope
  requests: number
}

/** How the LMS answers its n-th callback (from 0): with a status of its own, after a while, or not at all although it took the result. */
export type Answering = (n: number, callback: Callback) => { status?: number; after_ms?: number; breaks?: boolean } | undefined

const COURSE = 'course-v1:ExampleUniversity+ProgrammingForEverybody+2026_Autumn_Semester'

/**
 * A learning management system with capa's queue client and its callback view: it opens a fresh session for every submission, hands in
 * once more after a login, and applies a result only under the key that is pending (xqueue.md 1.3, 1.6).
 */
export class Lms {
  readonly callbacks: Callback[] = []
  readonly learners = new Map<string, Learner>()
  origin = ''
  answering: Answering = () => undefined
  readonly #server: Server
  readonly #hanging = new Set<ServerResponse>()

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const raw = Buffer.concat(chunks).toString()
        const fields = new URLSearchParams(raw)
        const callback: Callback = {
          ...{ path: request.url!, method: request.method!, content_type: request.headers['content-type'] ?? '', raw, fields, at: performance.now() },
          ...{ header: fields.get('xqueue_header') ?? '', body: fields.get('xqueue_body') ?? '' },
        }
        void this.#answer(callback, response)
      })
    })
  }

  static async open(): Promise<Lms> {
    const lms = new Lms()
    lms.#server.listen(0, '127.0.0.1')
    await once(lms.#server, 'listening')
    lms.origin = `http://127.0.0.1:${(lms.#server.address() as AddressInfo).port}`
    return lms
  }

  async close(): Promise<void> {
    for (const response of this.#hanging) response.destroy()
    this.#server.closeAllConnections()
    await new Promise((done) => this.#server.close(done))
  }

  /** Callbacks to the address of one learner's problem. */
  callbacksOf(learner: Learner): Callback[] {
    return this.callbacks.filter(({ path }) => path === learner.path)
  }

  learnerOf(student: string, problem = 'b'): Learner {
    const item = `block-v1:${COURSE.slice(10)}+type@problem+block@${problem.padEnd(32, '0')}`
    const path = `/courses/${COURSE}/xqueue/${student}/${item}/score_update`
    const known = this.learners.get(path)
    if (known !== undefined) return known
    const learner: Learner = { path, pending_key: null, applied: [], ignored: 0, invalid: 0 }
    this.learners.set(path, learner)
    return learner
  }

  /** Hands one answer in, with a session of its own, as `as`. */
  async submit(base_url: string, as: { username: string; password: string }, handin: Handin): Promise<Submitted> {
    const { queue, student, problem = 'b', response = 'right 1', payload = '\n    {"grader": "toy.py"}\n  ', files = {} } = handin
    const learner = this.learnerOf(student, problem)
    const submission_time = '20261125101112'
    const lms_key = createHash('md5').update(`1${submission_time}${student}${problem}${Math.random()}`).digest('hex')
    const header = JSON.stringify({ lms_callback_url: this.origin + learner.path, lms_key, queue_name: queue })
    const hasFiles = Object.keys(files).length > 0
    const body = JSON.stringify({
      student_info: JSON.stringify({ anonymous_student_id: student, submission_time, random_seed: 1 }),
      grader_payload: payload,
      student_response: hasFiles ? '' : response,
    })
    learner.pending_key = lms_key
    const connection = new Connection(base_url)
    let requests = 0
    const post = async (): Promise<Reply> => {
      requests++
      const fields = { xqueue_header: header, xqueue_body: body }
      const sent = hasFiles ? multipart(fields, files) : { form: fields }
      return await connection.ask('/xqueue/submit/', { method: 'POST', ...sent, follows: true })
    }
    try {
      let said = readReply(await post())
      if (said.content === 'login_required') {
        requests++
        await connection.post('/xqueue/login/', as, { follows: true })
        said = readReply(await post())
      }
      if (!said.isOk) learner.pending_key = null
      return { learner, lms_key, header, body, said, requests }
    } finally {
      connection.close()
    }
  }

  async #answer(callback: Callback, response: ServerResponse): Promise<void> {
    const n = this.callbacks.push(callback) - 1
    const { status, after_ms = 0, breaks = false } = this.answering(n, callback) ?? {}
    this.#hanging.add(response)
    if (after_ms > 0) await sleep(after_ms)
    this.#hanging.delete(response)
    const answer = status ?? this.#scoreUpdate(callback)
    if (breaks) response.destroy()
    else response.writeHead(answer).end()
  }

  /** The view `xqueue_callback`: 404 for a form without a part, 200 for everything else, whether it counted or not. */
  #scoreUpdate({ path, header, body, fields }: Callback): number {
    const learner = this.learners.get(path)
    if (learner === undefined || !fields.has('xqueue_header') || !fields.has('xqueue_body')) return 404
    const { lms_key } = JSON.parse(header) as { lms_key?: string }
    if (lms_key === undefined) return 404
    if (lms_key !== learner.pending_key) {
      learner.ignored++
      return 200
    }
    const result = resultIn(body)
    learner.pending_key = null
    if (result === null) learner.invalid++
    else learner.applied.push({ key: lms_key, ...result, score: Math.max(0, result.score) })
    return 200
  }
}

/** As capa reads a queue's answer. */
function readReply({ status, text }: Reply): Envelope {
  return status === 200 ? readEnvelope(text) : { isOk: false, content: `unexpected HTTP status code [${status}]` }
}

function resultIn(body: string): { correct: boolean | null; score: number; msg: string } | null {
  try {
    const { correct, score, msg } = JSON.parse(body) as { correct?: boolean | null; score?: number; msg?: string }
    return correct === undefined || score === undefined || msg === undefined ? null : { correct, score, msg }
  } catch {
    return null
  }
}
