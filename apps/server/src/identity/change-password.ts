import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import type { By } from './by.ts'
import { recordFailure, refuseAfterFailures } from './failures.ts'
import { checkPassword, hashPassword, inHashingSlot } from './passwords.ts'
import { type Account, revokeSessions, selectAccount, updateAccount } from './queries/accounts.ts'

/**
 * Sets a new password where the present one is right, and in the same transaction ends every session but `session_id`.
 * @throws problem wrong_password, rate_limited
 */
export async function changePassword(
  db: Db,
  change: { user_id: string; session_id: string | null; present: string; next: string },
  by: By,
): Promise<Account> {
  const allowances = [{ bucket: `password:${change.user_id}`, limit: 20 }]
  const password_hash = await inHashingSlot(async () => {
    await refuseAfterFailures(db, allowances)
    const account = await selectAccount(db, change.user_id)
    if (await checkPassword(account.password_hash, change.present)) return hashPassword(change.next)
    await recordFailure(db, allowances)
    throw problem('wrong_password')
  })
  return transact(db, async (tx) => {
    const account = await updateAccount(tx, change.user_id, { password_hash })
    await revokeSessions(tx, change.user_id, change.session_id)
    await recordAudit(tx, { ...by, action: 'user.password_changed', object_kind: 'user', object_id: change.user_id })
    return account
  })
}
