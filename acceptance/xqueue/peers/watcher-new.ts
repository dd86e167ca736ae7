import type { Manners } from './watcher.ts'

/** xqueue-watcher of July 2026: fetches a token first, sends it with a `Referer` ever after, and logs in again once for a call. */
export const watcher_new: Manners = {
  async signIn(connection, { username, password }) {
    const tokenOf = (): string | undefined => connection.cookies.get('csrftoken') ?? connection.cookies.get('edx-csrftoken')
    const told = await connection.ask('/xqueue/login/')
    // Anything but 200 means an older server, which knows no tokens.
    const token = told.status === 200 ? tokenOf() : undefined
    if (token !== undefined) Object.assign(connection.headers, { 'X-CSRFToken': token, Referer: connection.base_url })
    await connection.post('/xqueue/login/', { username, password })
    // The token is rotated by a login.
    const rotated = tokenOf()
    if (rotated !== undefined) Object.assign(connection.headers, { 'X-CSRFToken': rotated, Referer: connection.base_url })
  },
  isSignedOut: (status) => [301, 302, 401, 403].includes(status),
  sign_ins: 1,
}
