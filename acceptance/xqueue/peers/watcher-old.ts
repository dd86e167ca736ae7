import type { Manners } from './watcher.ts'

/**
 * xqueue-watcher 1.0.0 and older: posts its login without looking for a token first, sends neither `Referer` nor `X-CSRFToken`, and
 * knows only redirects as "not logged in". 401 and 403 are plain errors to it.
 */
export const watcher_old: Manners = {
  async signIn(connection, { username, password }) {
    await connection.post('/xqueue/login/', { username, password })
  },
  isSignedOut: (status) => status === 301 || status === 302,
  sign_ins: Number.POSITIVE_INFINITY,
}
