import type { scopes } from '@gradus/contract/identity'
import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { problem } from '../http/problems.ts'
import type { By } from './by.ts'
import { insertKey, insertService, selectOptionalUserByEmail } from './queries/accounts.ts'
import { hashToken, newToken } from './tokens.ts'

export type Scope = (typeof scopes)[number]

export interface NewKey {
  name: string
  scopes: readonly Scope[]
  /** Whom the key acts as; without one it stands for a machine of its own (a service principal). */
  user_email?: string
  /** Days until it ends; null never. */
  ttl_days?: number | null
}

/**
 * Makes an API key; the secret is in the reply and nowhere else. A person's key may hold more than `user` and `examiner` only where the
 * person is an administrator; a machine's own key cannot hold `user`, for there is nobody to act as.
 * @throws problem user_unknown, scope_not_allowed
 */
export async function createKey(db: Db, key: NewKey, by: By = { actor_id: null }) {
  const owner = key.user_email === undefined ? null : await selectOptionalUserByEmail(db, key.user_email)
  if (owner === undefined) throw problem('user_unknown', { email: key.user_email })
  const refused = key.scopes.filter((scope) => (owner === null ? scope === 'user' : scope !== 'user' && scope !== 'examiner' && !owner.is_admin))
  if (refused.length > 0) throw problem('scope_not_allowed', { scopes: refused })
  const secret = newToken('gk')
  return transact(db, async (tx) => {
    const principal_id = owner?.id ?? newId()
    if (owner === null) await insertService(tx, principal_id)
    const made = await insertKey(tx, {
      id: newId(),
      key_hash: hashToken(secret),
      principal_id,
      name: key.name,
      scopes: [...new Set(key.scopes)],
      created_by: by.actor_id,
      ttl_days: key.ttl_days ?? null,
    })
    await recordAudit(tx, {
      ...by,
      action: 'api_key.created',
      object_kind: 'api_key',
      object_id: made.id,
      after: { name: made.name, scopes: made.scopes, principal_id, expires_at: made.expires_at },
    })
    return { ...made, scopes: made.scopes as Scope[], principal_id, key: secret }
  })
}
