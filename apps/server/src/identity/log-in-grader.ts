import { isIPv6 } from 'node:net'
import type { Db } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { recordFailure, refuseAfterFailures } from './failures.ts'
import { hashGraderSecret } from './grader-secret.ts'
import { hashGraderToken, newGraderToken } from './grader-session.ts'
import { networkOf } from './network.ts'
import { deleteEndedGraderSessions, endGraderSession, logIn, selectIsStrict } from './queries/graders.ts'

/** A machine's session lasts as long as the peers' (Django's default): 14 days. */
export const GRADER_SESSION_SECONDS = 14 * 86_400

/**
 * Failures that one address may make at one name in ten minutes before its next try is refused unseen. Successes are never counted,
 * because an LMS logs in for every hand-in; and nothing is counted for a name or an address alone, so that neither strangers nor a
 * neighbour with an old secret keep anybody out.
 */
const FAILURES_ALLOWED = 30

/** The address itself, and of IPv6 the network that one customer has. */
const bucketOf = (address: string, username: string): string =>
  `grader:${isIPv6(address) ? networkOf(address) : address.slice(0, 60)}:${username.replaceAll('\0', '').slice(0, 100)}`

/**
 * Proves a grader account and opens a session. `strict_status` is the account's dialect, false for a name nobody has.
 * @throws problem rate_limited after too many failures from this address at this name
 */
export async function logInGrader(
  { db, key }: { db: Db; key: Buffer },
  { username, secret, address, user_agent }: { username: string; secret: string; address: string; user_agent: string },
): Promise<{ token: string | null; strict_status: boolean }> {
  const allowances = [{ bucket: bucketOf(address, username), limit: FAILURES_ALLOWED }]
  await refuseAfterFailures(db, allowances)
  // No account has such a name, and PostgreSQL no place for it.
  if (username.includes('\0')) return { token: null, strict_status: false }
  const token = newGraderToken()
  const { is_in, strict_status } = await logIn(db, {
    username,
    secret_hash: hashGraderSecret(key, username, secret),
    session_id: newId(),
    token_hash: hashGraderToken(token)!,
    user_agent: user_agent.slice(0, 300),
    ttl_seconds: GRADER_SESSION_SECONDS,
  })
  if (!is_in) await recordFailure(db, allowances)
  return { token: is_in ? token : null, strict_status }
}

/** Whether the account of this name is answered in status codes; false where there is none. */
export const isStrictGrader = (db: Db, username: string): Promise<boolean> =>
  username.includes('\0') ? Promise.resolve(false) : selectIsStrict(db, username)

/** Ends a machine's session; one that is none is no error. */
export const logOutGrader = (db: Db, token_hash: Buffer): Promise<void> => endGraderSession(db, token_hash)

/** Deletes ended sessions of machines. Run now and then. @returns how many */
export async function sweepGraderSessions(db: Db): Promise<number> {
  for (let swept = 0; ; ) {
    const deleted = await deleteEndedGraderSessions(db, 10_000)
    swept += deleted
    if (deleted < 10_000) return swept
  }
}
