import { recordAudit } from '../audit/record.ts'
import type { Config } from '../config.ts'
import { type Db, transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { hashPassword, inHashingSlot } from './passwords.ts'
import { insertUser, lockAdmins, lockFirstAdmin, revokeKeys, revokeSessions, selectOptionalUserByEmail, updateAccount } from './queries/accounts.ts'

/**
 * Sees to it that an installation told of a first administrator (GRADUS_ADMIN_EMAIL and _PASSWORD) has one; does nothing
 * where any administrator can sign in. An account that has the address already may be a stranger's, since addresses are
 * not verified: it gets the configured password and loses every session and key.
 */
export async function ensureFirstAdmin(db: Db, config: Config): Promise<'made' | 'promoted' | 'present' | 'not_configured'> {
  const { admin } = config
  if (admin === undefined) return 'not_configured'
  if ((await lockAdmins(db)).length > 0) return 'present'
  const password_hash = await inHashingSlot(() => hashPassword(admin.password))
  return transact(db, async (tx) => {
    await lockFirstAdmin(tx)
    if ((await lockAdmins(tx)).length > 0) return 'present'
    const found = await selectOptionalUserByEmail(tx, admin.email)
    const id = found?.id ?? newId()
    if (found === undefined) {
      await insertUser(tx, { id, email: admin.email, display_name: 'Administrator', password_hash, is_admin: true, is_creator: true })
    } else {
      await updateAccount(tx, id, { password_hash, is_admin: true, is_creator: true, is_disabled: false })
      await revokeSessions(tx, id, null)
      await revokeKeys(tx, id)
    }
    await recordAudit(tx, {
      actor_id: null,
      action: found === undefined ? 'user.created' : 'user.changed',
      object_kind: 'user',
      object_id: id,
      after: { email: admin.email, is_admin: true, is_creator: true },
      reason: 'first administrator, from the configuration',
    })
    return found === undefined ? 'made' : 'promoted'
  })
}
