import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'

/** The name that requirements give it (R35). */
const NAME = 'sll_anon'
const YEAR_SECONDS = 365 * 86_400

/**
 * What a response does with the guest's cookie, the strongest word last: a clear always wins, a response that signs somebody in issues
 * none, and whatever was asked in between becomes at most one Set-Cookie of that name (R56).
 */
type Wish = { issue: string } | 'none' | 'clear' | null
const strength = (wish: Wish): number => (wish === null ? 0 : typeof wish === 'object' ? 1 : wish === 'none' ? 2 : 3)

const wish = (request: FastifyRequest, next: Wish): void => {
  if (strength(next) >= strength(request.guest_cookie)) request.guest_cookie = next
}

export const issueGuestCookie = (request: FastifyRequest, token: string): void => wish(request, { issue: token })
export const keepGuestCookie = (request: FastifyRequest): void => wish(request, 'none')
export const clearGuestCookie = (request: FastifyRequest): void => wish(request, 'clear')

/** What the browser sent, whatever it may be. */
export const guestTokenOf = (request: FastifyRequest): string | undefined => request.cookies[NAME]

/** Writes the cookie once, when everything about the response is decided. */
export function writeGuestCookies(app: FastifyInstance, config: Config): void {
  app.decorateRequest('guest_cookie', null)
  app.addHook('onSend', async (request, reply) => {
    // Also where only the proxy in front knows that the line is encrypted.
    const secure = config.is_https || request.protocol === 'https'
    const options = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const
    const last = request.guest_cookie
    if (last === 'clear') reply.clearCookie(NAME, options)
    else if (last !== null && last !== 'none') reply.setCookie(NAME, last.issue, { ...options, maxAge: YEAR_SECONDS })
  })
}

declare module 'fastify' {
  interface FastifyRequest {
    guest_cookie: Wish
  }
}
