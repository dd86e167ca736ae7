import { scopes as allScopes } from '@gradus/contract/identity'
import type { Config } from '../config.ts'
import type { Db } from '../db/database.ts'
import type { Actor } from '../http/actor.ts'
import type { Authenticate } from '../http/mount.ts'
import type { Adoption } from './adopt-guest.ts'
import { proofOf } from './cookies.ts'
import { guestTokenOf } from './guest-cookie.ts'
import { guestActor, guestOf } from './guests.ts'
import { selectOptionalKeyByHash, selectOptionalSessionByHash, touchKey, touchSession } from './queries/accounts.ts'
import { retryTakeOver } from './take-over.ts'
import { hashToken, kindOfToken } from './tokens.ts'

/**
 * Resolves a request's proof to its actor, or null: unknown, expired and revoked proofs and those of disabled users
 * are all nothing. One statement a request, by unique index; a second at most once a minute to note that it was seen.
 * A key's scopes beyond `user` and `examiner` are worth something only while its user is an administrator, or where it stands for a
 * machine of its own: taking the administrator's right from a person disarms their keys at once (ASVS 8.3.2).
 */
export function createAuthenticate(db: Db, config: Config, adoption: Adoption): Authenticate {
  const bySession = async (token: string, by_cookie: boolean): Promise<Actor | null> => {
    const found = await selectOptionalSessionByHash(db, hashToken(token))
    if (found === undefined) return null
    const { session_id, is_stale, ...user } = found
    if (is_stale) await touchSession(db, session_id)
    return { principal_id: user.id, user, is_guest: false, scopes: null, session_id, by_cookie }
  }
  const byKey = async (token: string): Promise<Actor | null> => {
    const found = await selectOptionalKeyByHash(db, hashToken(token))
    if (found === undefined) return null
    if (found.is_stale) await touchKey(db, found.key_id)
    const mayAll = found.user === null || found.user.is_admin
    const scopes = allScopes.filter((scope) => found.scopes.includes(scope) && (mayAll || scope === 'user' || scope === 'examiner'))
    return { principal_id: found.principal_id, user: found.user, is_guest: false, scopes, session_id: null, by_cookie: false }
  }
  const byProof = async (proof: { token: string; by_cookie: boolean }): Promise<Actor | null> => {
    const kind = kindOfToken(proof.token)
    if (kind === 'gs') return bySession(proof.token, proof.by_cookie)
    // A key in a cookie is nobody's: keys travel as bearer tokens only.
    return kind === 'gk' && !proof.by_cookie ? byKey(proof.token) : null
  }
  return async (request) => {
    const proof = proofOf(request, config)
    const actor = proof === null ? null : await byProof(proof)
    // A bearer token stands alone; a browser whose session has ended may still be a guest.
    if (actor !== null || proof?.by_cookie === false) {
      if (actor?.by_cookie === true && guestTokenOf(request) !== undefined) await retryTakeOver(db, adoption, request, actor.principal_id)
      return actor
    }
    const guest = await guestOf(db, request)
    return guest === null ? null : guestActor(guest.id)
  }
}
