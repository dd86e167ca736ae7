import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'

/** A client as it was written for the original depository: plain HTTP, nothing of this product (requirements 2.1). */
export interface Reply {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: what old clients read is what the tests look at
  body: any
}

export interface Student {
  nickname: string
  upload_code: string
  [field: string]: unknown
}

export class OldClient {
  readonly base_url: string
  readonly token: string | null

  constructor(base_url: string, token: string | null = null) {
    this.base_url = base_url
    this.token = token
  }

  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const response = await fetch(this.base_url + path, {
      method,
      headers: {
        ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const is_json = response.headers.get('content-type')?.includes('json') === true
    return { status: response.status, headers: response.headers, body: is_json ? JSON.parse(text) : text }
  }

  async student(more: Partial<Record<'nickname' | 'first_name' | 'last_name' | 'email', string>> = {}): Promise<Student> {
    const nickname = more.nickname ?? `s${randomBytes(5).toString('hex')}`
    const made = await this.ask('POST', '/students', {
      nickname,
      first_name: 'Ada',
      last_name: 'Lovelace',
      email: `${nickname}@example.org`,
      ...more,
    })
    if (made.status !== 201) throw new Error(JSON.stringify(made))
    return made.body as Student
  }

  /** Sends a file as `curl -F file=@name` does. */
  async upload(code: string, bytes: Buffer, name = 'work.pdf'): Promise<Reply> {
    const form = new FormData()
    form.set('file', new File([new Uint8Array(bytes)], name, { type: 'application/pdf' }))
    const response = await fetch(`${this.base_url}/submissions/${code}`, { method: 'POST', body: form })
    return { status: response.status, headers: response.headers, body: await response.json() }
  }

  async download(verification_code: string): Promise<Buffer> {
    const { body } = await this.ask('GET', `/verifications/${verification_code}/download_url`)
    return Buffer.from(await (await fetch(body.download_url as string)).arrayBuffer())
  }
}

/**
 * Sends bytes on a socket of their own, for bodies that no decent client sends. Resolves with the status of the answer, or null
 * where the connection ended without one; `cut_after` closes it half way.
 */
export function raw(base_url: string, parts: readonly (Buffer | string)[], { cut_after }: { cut_after?: number } = {}): Promise<number | null> {
  const { hostname, port } = new URL(base_url)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    let answer = ''
    const end = (): void => {
      clearTimeout(timer)
      socket.destroy()
      const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]
      resolve(status === undefined ? null : Number(status))
    }
    const timer = setTimeout(end, 20_000)
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
      if (answer.includes('\r\n\r\n')) setTimeout(end, 50)
    })
    socket.on('close', end)
    socket.on('error', end)
    socket.on('connect', async () => {
      for (const [i, part] of parts.entries()) {
        if (cut_after === i) {
          // What was written has arrived before the connection goes.
          await new Promise((sent) => setTimeout(sent, 200))
          return end()
        }
        if (!socket.destroyed && !socket.write(part)) await new Promise((drained) => socket.once('drain', drained).once('close', drained))
      }
    })
  })
}
