import { CookieJar } from './cookies.ts'
import { type Delivery, readDelivery } from './delivery.ts'
import { detailIn, type Envelope, oneLine, readEnvelope } from './envelope.ts'
import { type Answer, NoAnswer, openExchange } from './exchange.ts'

/**
 * A client of any XQueue server. The older dialect answers 200 to everything and says in the envelope how it went, with
 * a redirect to the login page where the session is missing; edx-submissions uses status codes, and wants the token of
 * its cookie back with every POST. What is done here suits both, so nobody has to say which one it is.
 */
export interface XQueueClient {
  /**
   * Takes the next submission; null where the queue is empty.
   * @throws NoAnswer, Refused, or Unreadable
   */
  take(): Promise<Delivery | null>
  /**
   * Puts a result; resolves once the server has it.
   * @throws NoAnswer where it cannot be known whether it arrived; Refused where the server said no
   */
  put(header: string, body: string): Promise<void>
  /**
   * The bytes of a learner's file. A relative address is one below the server's; the session goes along to that server only.
   * @throws NoAnswer, Refused, or TooLarge
   */
  fetchFile(address: string, max_bytes: number): Promise<Buffer>
  close(): void
}

export interface ClientOptions {
  /** With the last slash. */
  server: string
  queue: string
  user: string
  password: string
  basic_auth: string | null
  /** Breaks off whatever is under way. */
  signal: AbortSignal
  clock?: () => number
}

/** The server answered, and the answer is no. */
export class Refused extends Error {
  override name = 'Refused'
  /** `login`: it does not take user and password. `rights`: nor, logged in, this call. `queue`: it has no such queue. */
  readonly about: 'login' | 'rights' | 'queue' | 'call'
  readonly status: number
  constructor(about: Refused['about'], status: number, message: string) {
    super(message)
    this.about = about
    this.status = status
  }
}

/** Statuses that come from a proxy whose server is away, or ask to come later: no answer of the queue. */
const away = new Set([408, 425, 429, 502, 503, 504])
/** With status 409: edx-submissions holds the row for another call at this instant, and has recorded nothing. Other words with 409 are a no. */
const locked = /currently being processed/

const TAKE_MS = 10_000
/** The older server tells the LMS before it answers, five times five seconds where that hangs. */
const PUT_MS = 35_000
const FILE_MS = 30_000
/** Room for a submission of several megabytes, which is escaped three times on its way. */
const MOST_BYTES = 32 * 1_048_576

export function createXQueueClient({ server, queue, user, password, basic_auth, signal, clock = Date.now }: ClientOptions): XQueueClient {
  const exchange = openExchange(signal)
  const proxy_headers: Record<string, string> =
    basic_auth === null ? {} : { authorization: `Basic ${Buffer.from(basic_auth, 'utf8').toString('base64')}` }
  /** One for all slots, because every login costs the server a password hash. */
  let session: Promise<CookieJar> | undefined

  const address = (call: string): string => `${server}xqueue/${call}/`

  async function send(jar: CookieJar, method: 'GET' | 'POST', url: string, timeout_ms: number, form?: Record<string, string>): Promise<Answer> {
    // Django asks for a Referer of its own host wherever it asks for the token over TLS.
    const headers = { ...proxy_headers, ...jar.header(), ...(method === 'POST' && jar.csrfHeader()), referer: server }
    const answer = await exchange.ask({
      url,
      method,
      headers,
      timeout_ms,
      max_bytes: MOST_BYTES,
      ...(form !== undefined && { form: new URLSearchParams(form) }),
    })
    jar.take(answer.headers['set-cookie'], clock())
    if (away.has(answer.status)) throw new NoAnswer(`HTTP status ${answer.status}`)
    return answer
  }

  async function logIn(): Promise<CookieJar> {
    const jar = new CookieJar()
    // For the token; a server that has none may answer as it likes.
    const page = await send(jar, 'GET', address('login'), TAKE_MS)
    if (isRedirect(page)) throw new Refused('login', page.status, `it redirects its login page to ${whither(page)}`)
    const answer = await send(jar, 'POST', address('login'), TAKE_MS, { username: user, password })
    const envelope = readEnvelope(answer.body.toString('utf8'))
    if (envelope?.ok === true) return jar
    if (answer.status >= 500) throw new NoAnswer(`HTTP status ${answer.status} on login`)
    throw new Refused('login', answer.status, said(answer, envelope))
  }

  /** The session that is there, or a new one; all who wait for it share one login. */
  function signedIn(): Promise<CookieJar> {
    if (session !== undefined) return session
    const fresh = logIn()
    session = fresh
    fresh.catch(() => forget(fresh))
    return fresh
  }
  function forget(one: Promise<CookieJar>): void {
    if (session === one) session = undefined
  }

  /** One call in a session. Where the server has forgotten the session, it logs in again, once. */
  async function call(method: 'GET' | 'POST', url: string, timeout_ms: number, form?: Record<string, string>) {
    for (let logins = 0; ; logins++) {
      const mine = signedIn()
      const answer = await send(await mine, method, url, timeout_ms, form)
      const envelope = readEnvelope(answer.body.toString('utf8'))
      if (!lacksSession(answer, envelope)) return { answer, envelope }
      // Another call may have logged in since this one was sent; its session is not thrown away.
      forget(mine)
      if (logins === 1) throw new Refused('rights', answer.status, isRedirect(answer) ? `it redirects to ${whither(answer)}` : said(answer, envelope))
    }
  }

  return {
    async take() {
      const { answer, envelope } = await call('GET', `${address('get_submission')}?queue_name=${encodeURIComponent(queue)}`, TAKE_MS)
      if (envelope?.ok === true) return readDelivery(envelope.content)
      const content = String(envelope?.content ?? '')
      if (answer.status === 200 && /^Queue '.*' is empty$/s.test(content)) return null
      const has_no_queue = answer.status === 404 || /^Queue '.*' not found$/s.test(content)
      throw new Refused(has_no_queue ? 'queue' : 'call', answer.status, said(answer, envelope))
    },
    async put(header, body) {
      const { answer, envelope } = await call('POST', address('put_result'), PUT_MS, { xqueue_body: body, xqueue_header: header })
      if (envelope?.ok === true) return
      if (answer.status === 409 && locked.test(String(envelope?.content))) throw new NoAnswer(said(answer, envelope))
      throw new Refused('call', answer.status, said(answer, envelope))
    },
    async fetchFile(text, max_bytes) {
      const url = URL.parse(/^https?:\/\//i.test(text) ? text : `${server}${text.replace(/^\/+/, '')}`)
      if (url === null) throw new Refused('call', 0, 'the address of the file cannot be read')
      const is_own = url.origin === new URL(server).origin
      const headers = is_own ? { ...proxy_headers, ...(await signedIn()).header(), referer: server } : {}
      const answer = await exchange.ask({ url: url.href, method: 'GET', headers, timeout_ms: FILE_MS, max_bytes })
      if (away.has(answer.status)) throw new NoAnswer(`HTTP status ${answer.status}`)
      if (answer.status !== 200) throw new Refused('call', answer.status, `HTTP status ${answer.status}`)
      return answer.body
    },
    close: exchange.close,
  }
}

const isRedirect = ({ status }: Answer): boolean => status >= 300 && status < 400
const whither = ({ headers }: Answer): string => oneLine((headers.location ?? 'nowhere').split('?')[0]!)

/**
 * A 403 with an envelope is about the result, such as a key that is not the submission's: edx-submissions answers so,
 * and to log in for it would change nothing.
 */
const lacksSession = (answer: Answer, envelope: Envelope | null): boolean =>
  isRedirect(answer) || (envelope === null && (answer.status === 401 || answer.status === 403)) || envelope?.content === 'login_required'

/** The server's own words, with the status where that says more than 200. */
function said(answer: Answer, envelope: Envelope | null): string {
  const words = typeof envelope?.content === 'string' ? oneLine(envelope.content) : detailIn(answer.body.toString('utf8'))
  if (words === '') return `HTTP status ${answer.status}${envelope === null ? ' without the envelope of an XQueue server' : ''}`
  return answer.status === 200 ? words : `${words} (HTTP status ${answer.status})`
}
