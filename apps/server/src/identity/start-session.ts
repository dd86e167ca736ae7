import { createHash } from 'node:crypto'
import { type Db, transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { insertSession, purgeSessions, revokeSession } from './queries/accounts.ts'
import { hashToken, newToken } from './tokens.ts'

export interface NewSession {
  user_id: string
  kind: 'web' | 'cli'
  label?: string
  user_agent?: string
  ttl_seconds: number
  device?: string | null
  /** The session that the browser held before: it ends here, so that no token survives a sign-in (ASVS 7.2.4). */
  replaces?: string | null
}

/** Starts a session with a fresh token, in one transaction with the end of the one it replaces. The token is not kept in clear. */
export async function startSession(db: Db, session: NewSession): Promise<{ session_id: string; token: string; expires_at: string }> {
  const token = newToken('gs')
  const session_id = newId()
  const { expires_at } = await transact(db, async (tx) => {
    if (session.replaces) await revokeSession(tx, session.replaces)
    await purgeSessions(tx, session.user_id)
    return insertSession(tx, {
      id: session_id,
      token_hash: hashToken(token),
      principal_id: session.user_id,
      kind: session.kind,
      label: session.label ?? '',
      user_agent: (session.user_agent ?? '').slice(0, 300),
      device_hash: session.device ? hashDevice(session.device) : null,
      ttl_seconds: session.ttl_seconds,
    })
  })
  return { session_id, token, expires_at }
}

export const hashDevice = (device: string): Buffer => createHash('sha256').update(device).digest()
