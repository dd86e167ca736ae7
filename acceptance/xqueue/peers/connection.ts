import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http'

/** The answer to one request, as far as a peer looks at it. */
export interface Reply {
  status: number
  headers: IncomingHttpHeaders
  text: string
  bytes: Buffer
}

/** The server did not answer within the peer's patience; nobody knows whether it did what it was asked. */
export class TimedOut extends Error {
  override name = 'TimedOut'
}

export interface Asking {
  method?: string
  form?: Record<string, string>
  body?: Buffer | string
  content_type?: string
  headers?: OutgoingHttpHeaders
  timeout_ms?: number
  /** As requests does it: a redirected POST becomes a GET. */
  follows?: boolean
}

/** `urllib.parse.urlencode`: which bytes stay as they are is the client's choice, and this is the choice of Python's. */
export const urlencode = (form: Record<string, string>): string =>
  Object.entries(form)
    .map(([name, value]) => `${quotePlus(name)}=${quotePlus(value)}`)
    .join('&')

const quotePlus = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')

/** A `requests.Session`: one connection that is kept alive, a jar of cookies, and headers that go with every request. */
export class Connection {
  readonly base_url: string
  readonly cookies = new Map<string, string>()
  readonly headers: Record<string, string> = {
    'User-Agent': 'python-requests/2.32.3',
    'Accept-Encoding': 'gzip, deflate',
    Accept: '*/*',
    Connection: 'keep-alive',
  }
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #timeout_ms: number

  constructor(base_url: string, { timeout_ms = 10_000, basic }: { timeout_ms?: number; basic?: string | undefined } = {}) {
    this.base_url = base_url
    this.#timeout_ms = timeout_ms
    if (basic !== undefined) this.headers.Authorization = `Basic ${Buffer.from(basic).toString('base64')}`
  }

  async ask(path: string, asking: Asking = {}): Promise<Reply> {
    const reply = await this.#send(path, asking)
    const { location } = reply.headers
    if (asking.follows !== true || location === undefined || ![301, 302, 303].includes(reply.status)) return reply
    const { pathname, search } = new URL(location, this.base_url + path)
    return await this.ask(pathname + search, { follows: true, ...(asking.timeout_ms === undefined ? {} : { timeout_ms: asking.timeout_ms }) })
  }

  post(path: string, form: Record<string, string>, more: Asking = {}): Promise<Reply> {
    return this.ask(path, { ...more, method: 'POST', form })
  }

  close(): void {
    this.#agent.destroy()
  }

  #send(path: string, { method = 'GET', form, body, content_type, headers, timeout_ms = this.#timeout_ms }: Asking): Promise<Reply> {
    const bytes = form === undefined ? body : urlencode(form)
    const type = form === undefined ? content_type : 'application/x-www-form-urlencoded'
    return new Promise((done, fail) => {
      const outgoing = request(this.base_url + path, {
        method,
        agent: this.#agent,
        headers: {
          ...this.headers,
          ...(this.cookies.size === 0 ? {} : { Cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
          ...(type === undefined ? {} : { 'Content-Type': type }),
          ...(bytes === undefined ? (method === 'GET' ? {} : { 'Content-Length': 0 }) : { 'Content-Length': Buffer.byteLength(bytes) }),
          ...headers,
        },
      })
      // Of the whole answer, not of one pause: a peer that waits longer than a second has already been let down.
      const timer = setTimeout(() => outgoing.destroy(new TimedOut(`${method} ${path} took longer than ${timeout_ms} ms`)), timeout_ms)
      outgoing.on('error', (error) => {
        clearTimeout(timer)
        fail(error)
      })
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', fail)
        incoming.on('end', () => {
          clearTimeout(timer)
          for (const line of incoming.headers['set-cookie'] ?? []) this.#keep(line)
          const all = Buffer.concat(chunks)
          done({ status: incoming.statusCode!, headers: incoming.headers, text: all.toString(), bytes: all })
        })
      })
      outgoing.end(bytes)
    })
  }

  #keep(line: string): void {
    const [pair, ...attributes] = line.split(';')
    const at = pair!.indexOf('=')
    const [name, value] = [pair!.slice(0, at).trim(), pair!.slice(at + 1).trim()]
    const isOver = attributes.some((one) => /^\s*max-age=0$/i.test(one) || /^\s*expires=.*1970/i.test(one))
    if (isOver) this.cookies.delete(name)
    else this.cookies.set(name, value)
  }
}

/** A multipart body as requests writes it: fields first, then files whose field name and file name are the learner's name for them. */
export function multipart(fields: Record<string, string>, files: Record<string, Buffer | string>): { body: Buffer; content_type: string } {
  const boundary = 'b0undary1234567890abcdef12345678'
  const quoted = (name: string): string => name.replaceAll('\\', '\\\\').replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
  const parts: Buffer[] = []
  const part = (disposition: string, bytes: Buffer | string): void => {
    parts.push(
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n`),
      Buffer.from(bytes as string),
      Buffer.from('\r\n'),
    )
  }
  for (const [name, value] of Object.entries(fields)) part(`name="${quoted(name)}"`, value)
  for (const [name, bytes] of Object.entries(files)) part(`name="${quoted(name)}"; filename="${quoted(name)}"`, bytes)
  parts.push(Buffer.from(`--${boundary}--\r\n`))
  return { body: Buffer.concat(parts), content_type: `multipart/form-data; boundary=${boundary}` }
}
