/** Far more than any session needs; a server that sets more is not believed. */
const MOST_COOKIES = 50

/** Django's name for the token, and edX's where an LMS beside it has one of its own. */
const csrf_names = ['csrftoken', 'edx-csrftoken']

/**
 * The cookies of one session with one server. Domain and path are not looked at: whoever holds the jar sends it to the
 * origin it came from and to no other.
 */
export class CookieJar {
  readonly #cookies = new Map<string, string>()

  /** Takes in Set-Cookie headers; one that has expired, or is empty, takes its cookie away. */
  take(set_cookies: readonly string[] | undefined, now: number): void {
    for (const line of set_cookies ?? []) {
      const [pair = '', ...attributes] = line.split(';')
      const [name, value] = halves(pair)
      if (name === '' || !/^[\x21-\x7e]+$/.test(name)) continue
      const is_gone = value === '' || value === '""' || attributes.some((attribute) => hasEnded(halves(attribute), now))
      if (is_gone) this.#cookies.delete(name)
      else if (/^[\x20-\x7e]*$/.test(value) && (this.#cookies.has(name) || this.#cookies.size < MOST_COOKIES)) this.#cookies.set(name, value)
    }
  }

  /** The Cookie header; empty where there is nothing to send. */
  header(): Record<string, string> {
    return this.#cookies.size === 0 ? {} : { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
  }

  /** What a server that guards against forged requests wants to see beside its cookie. */
  csrfHeader(): Record<string, string> {
    const name = csrf_names.find((one) => this.#cookies.has(one))
    return name === undefined ? {} : { 'x-csrftoken': this.#cookies.get(name)! }
  }
}

function halves(pair: string): [name: string, value: string] {
  const at = pair.indexOf('=')
  return at === -1 ? ['', ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
}

function hasEnded([name, value]: [string, string], now: number): boolean {
  if (/^max-age$/i.test(name)) return /^(0|-\d+)$/.test(value)
  return /^expires$/i.test(name) && Date.parse(value) <= now
}
