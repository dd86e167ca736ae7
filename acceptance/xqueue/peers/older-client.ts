import { Connection } from './connection.ts'
import { type Envelope, readEnvelope, readSubmission, type Submission } from './envelope.ts'

export interface OlderClientOptions {
  base_url: string
  queue: string
  username: string
  password: string
}

/**
 * A grader in the manner of bu-ist, ifmo and Stanford: asks how long the queue is before it pulls, follows redirects, reads the envelope
 * whatever the status, and logs in again when it reads `login_required`. It has no CSRF token and writes addresses without their slash.
 */
export class OlderClient {
  readonly connection: Connection
  readonly #options: OlderClientOptions

  constructor(options: OlderClientOptions) {
    this.connection = new Connection(options.base_url)
    this.#options = options
  }

  async login(): Promise<Envelope> {
    const { username, password } = this.#options
    return readEnvelope((await this.connection.post('/xqueue/login', { username, password }, { follows: true })).text)
  }

  async length(): Promise<number> {
    const { isOk, content } = await this.#call('get_queuelen')
    if (!isOk) throw new Error(content)
    return Number(content)
  }

  async pull(): Promise<Submission | null> {
    if ((await this.length()) === 0) return null
    const { isOk, content } = await this.#call('get_submission')
    return isOk ? readSubmission(content) : null
  }

  async put(header: string, body: string): Promise<Envelope> {
    const put = async (): Promise<Envelope> =>
      readEnvelope((await this.connection.post('/xqueue/put_result', { xqueue_header: header, xqueue_body: body }, { follows: true })).text)
    return this.#signedIn(put)
  }

  async #signedIn(ask: () => Promise<Envelope>): Promise<Envelope> {
    const said = await ask()
    if (said.content !== 'login_required') return said
    await this.login()
    return ask()
  }

  async #call(name: string): Promise<Envelope> {
    const get = async (): Promise<Envelope> =>
      readEnvelope((await this.connection.ask(`/xqueue/${name}?queue_name=${encodeURIComponent(this.#options.queue)}`, { follows: true })).text)
    return this.#signedIn(get)
  }
}
