import { setTimeout as sleep } from 'node:timers/promises'
import { type Product, startProduct } from '../product.ts'
import { Connection } from './peers/connection.ts'
import { readSubmission, type Submission } from './peers/envelope.ts'

/** A running product with what an operator does to it before graders and an LMS come. */
export interface Installation {
  product: Product
  base_url: string
  /** `npm run -s admin -- …`; resolves with what it printed. */
  admin(...words: string[]): Promise<string>
  /** A call of the operator's API. */
  api<T>(method: string, path: string, body?: unknown): Promise<T>
  queue(name: string, more?: { lease_seconds?: number; max_deliveries?: number }): Promise<string>
  /** An account that serves these queues. */
  grader(username: string, queues: string[], more?: { strict_status?: boolean }): Promise<Account>
  /** A connection with a live session of this account. */
  enter(account: Account): Promise<Connection>
}

export interface Account {
  username: string
  password: string
}

export async function openInstallation(env: Record<string, string> = {}): Promise<Installation> {
  const product = await startProduct({ GRADUS_DEMO: 'off', GRADUS_WORKERS: '0', GRADUS_CALLBACK_HOSTS: '127.0.0.1', ...env })
  return installationOf(product)
}

export async function installationOf(product: Product): Promise<Installation> {
  const { base_url, admin } = product
  const key = await admin('create-key', '--name', 'acceptance', '--scopes', 'admin')
  const api = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(base_url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return (text === '' ? {} : JSON.parse(text)) as T
  }
  return {
    product,
    base_url,
    admin,
    api,
    async queue(name, more = {}) {
      await api('POST', '/api/queues', { name, ...more })
      return name
    },
    async grader(username, queues, more = {}) {
      const { secret } = await api<{ secret: string }>('POST', '/api/graders', { username, queues, ...more })
      return { username, password: secret }
    },
    async enter(account) {
      const connection = new Connection(base_url)
      await connection.post('/xqueue/login/', { ...account })
      return connection
    },
  }
}

/** Pulls once. Null where the queue says that it is empty. */
export async function pull(connection: Connection, queue: string): Promise<Submission | null> {
  const { text } = await connection.ask(`/xqueue/get_submission/?queue_name=${encodeURIComponent(queue)}`)
  const { return_code, content } = JSON.parse(text) as { return_code: number; content: string }
  if (return_code === 0) return readSubmission(content)
  if (content !== `Queue '${queue}' is empty`) throw new Error(text)
  return null
}

/** Pulls what must be there. */
export async function take(connection: Connection, queue: string): Promise<Submission> {
  const submission = await pull(connection, queue)
  if (submission === null) throw new Error(`nothing waits in ${queue}`)
  return submission
}

/** Pulls until something comes: what a lease lost is not there at once. */
export async function takeSoon(connection: Connection, queue: string, patience_ms = 15_000): Promise<Submission> {
  for (const until = performance.now() + patience_ms; performance.now() < until; await sleep(50)) {
    const submission = await pull(connection, queue)
    if (submission !== null) return submission
  }
  throw new Error(`nothing came back to ${queue} within ${patience_ms} ms`)
}

/** An answer of the protocol: status and envelope. */
export type Said = [status: number, return_code: 0 | 1, content: string | number]

/** Reads an answer to the letter: JSON with spaces, and nothing but the two members. */
export function said({ status, text }: { status: number; text: string }): Said {
  const value = JSON.parse(text) as { return_code: 0 | 1; content: string | number }
  const spaced = `{"return_code": ${value.return_code}, "content": ${JSON.stringify(value.content)}}`
  if (text !== spaced) throw new Error(`not an envelope as peers write it: ${text}`)
  return [status, value.return_code, value.content]
}

export const put = async (connection: Connection, header: string, body: string): Promise<Said> =>
  said(await connection.post('/xqueue/put_result/', { xqueue_body: body, xqueue_header: header }))

/** What an LMS writes into its header, and a body that is nobody's business. */
export const headerFor = (callback_url: string, queue: string, lms_key = 'k'.repeat(32)): string =>
  JSON.stringify({ lms_callback_url: callback_url, lms_key, queue_name: queue })

export const submit = async (connection: Connection, header: string, body: string): Promise<Said> =>
  said(await connection.post('/xqueue/submit/', { xqueue_header: header, xqueue_body: body }))

/** A job as staff see it, by the number that graders know. */
export interface JobRow {
  id: string
  xqueue_id: number
  kind: string
  queue: string
  state: string
  deliveries: number
  failure: string | null
}

export const jobsOf = async ({ api }: Pick<Installation, 'api'>, queue: string): Promise<JobRow[]> =>
  (await api<{ jobs: JobRow[] }>('GET', `/api/grading-jobs?limit=100&queue=${encodeURIComponent(queue)}`)).jobs
