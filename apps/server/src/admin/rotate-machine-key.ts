import type { Db } from '../db/database.ts'
import { createKey, type Scope } from '../identity/create-key.ts'
import { revokeKey } from '../identity/revoke-key.ts'
import { listKeys } from './queries/system.ts'

/** Makes a key for a machine of this name and revokes those that earlier starts of it made. Returns the secret. */
export async function rotateMachineKey(db: Db, name: string, scope: Scope): Promise<string> {
  const earlier = (await listKeys(db)).filter((key) => key.name === name && key.email === null)
  const { key } = await createKey(db, { name, scopes: [scope] })
  for (const { id } of earlier) await revokeKey(db, id, { actor_id: null })
  return key
}
