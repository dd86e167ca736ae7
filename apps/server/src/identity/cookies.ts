import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'

/** How long a browser stays signed in, in seconds: 14 days (requirements 2.3). */
export const SESSION_SECONDS = 14 * 86_400
const DEVICE_SECONDS = 365 * 86_400

/** `__Host-` binds the cookie to this host over https; browsers refuse that name on plain http, where a server at home runs. */
const sessionName = (config: Config): string => (config.is_https ? '__Host-gradus' : 'gradus_session')
const deviceName = (config: Config): string => (config.is_https ? '__Host-gradus-device' : 'gradus_device')

const options = (config: Config, max_age_seconds: number) =>
  ({ path: '/', httpOnly: true, sameSite: 'lax', secure: config.is_https, maxAge: max_age_seconds }) as const

export function setSessionCookie(reply: FastifyReply, config: Config, token: string): void {
  reply.setCookie(sessionName(config), token, options(config, SESSION_SECONDS))
}

export function clearSessionCookie(reply: FastifyReply, config: Config): void {
  reply.clearCookie(sessionName(config), options(config, 0))
}

/** The device's mark says only "this browser has signed in to that account before"; see prove-account.ts. It signs nobody in. */
export function setDeviceCookie(reply: FastifyReply, config: Config, device: string): void {
  reply.setCookie(deviceName(config), device, options(config, DEVICE_SECONDS))
}

export const deviceOf = (request: FastifyRequest, config: Config): string | null => {
  const device = request.cookies[deviceName(config)]
  return device !== undefined && /^[A-Za-z0-9_-]{22}$/.test(device) ? device : null
}

/**
 * The proof that came with a request. A bearer token stands alone: where one is sent, a cookie beside it is not looked
 * at, so a wrong token never becomes somebody through the browser's cookie.
 */
export function proofOf(request: FastifyRequest, config: Config): { token: string; by_cookie: boolean } | null {
  const header = request.headers.authorization
  if (header !== undefined) {
    const token = /^Bearer +(\S+)$/i.exec(header)?.[1]
    return token === undefined ? null : { token, by_cookie: false }
  }
  const token = request.cookies[sessionName(config)]
  return token === undefined ? null : { token, by_cookie: true }
}
