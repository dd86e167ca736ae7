import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import type { By } from './by.ts'
import { hashPassword, inHashingSlot } from './passwords.ts'
import { type Account, revokeSessions, selectOptionalUserByEmail, updateAccount } from './queries/accounts.ts'

/**
 * Sets an account's password without knowing the present one: for operators. Every session of the account ends.
 * @throws problem user_unknown
 */
export async function setPassword(db: Db, { email, password }: { email: string; password: string }, by: By = { actor_id: null }): Promise<Account> {
  const password_hash = await inHashingSlot(() => hashPassword(password))
  return transact(db, async (tx) => {
    const found = await selectOptionalUserByEmail(tx, email)
    if (found === undefined) throw problem('user_unknown', { email })
    const account = await updateAccount(tx, found.id, { password_hash })
    await revokeSessions(tx, found.id, null)
    await recordAudit(tx, { ...by, action: 'user.password_changed', object_kind: 'user', object_id: found.id, reason: 'set by an operator' })
    return account
  })
}
