import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import type { By } from './by.ts'
import { revokeKey as markRevoked } from './queries/accounts.ts'

/** Revokes an API key, effective with the next request. @throws problem not_found where it is revoked already */
export async function revokeKey(db: Db, key_id: string, by: By): Promise<void> {
  await transact(db, async (tx) => {
    const revoked = await markRevoked(tx, key_id)
    if (revoked === undefined) throw problem('not_found')
    await recordAudit(tx, { ...by, action: 'api_key.revoked', object_kind: 'api_key', object_id: key_id, before: { name: revoked.name } })
  })
}
