import type { Tx } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { insertUser, lockHouseUser, selectOptionalUserByEmail, updateAccount } from './queries/accounts.ts'

/** `.invalid` belongs to nobody (RFC 2606): no one can register it and no mail goes there. */
const EMAIL = 'house@gradus.invalid'

/**
 * The account that owns what machines make: courses and questions belong to a person, and a machine is none. Nobody can
 * sign in to it. Made at the first use, once.
 */
export async function ensureHouseUser(tx: Tx): Promise<{ id: string }> {
  await lockHouseUser(tx)
  const present = await selectOptionalUserByEmail(tx, EMAIL)
  if (present !== undefined) return { id: present.id }
  const made = await insertUser(tx, {
    ...{ id: newId(), email: EMAIL, display_name: 'Gradus', password_hash: null, is_admin: false, is_creator: false },
  })
  await updateAccount(tx, made.id, { is_disabled: true })
  return { id: made.id }
}
