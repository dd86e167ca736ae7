import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import type { By } from './by.ts'
import { type Account, lockAdmins, lockOptionalAccount, revokeSessions, updateAccount } from './queries/accounts.ts'

/**
 * Changes what an account may do, or switches it off or on. Switching off ends its sessions. One administrator who can
 * sign in always remains, also when two remove each other at once.
 * @throws problem not_found, last_admin
 */
export async function updateUser(
  db: Db,
  user_id: string,
  change: { is_creator?: boolean | undefined; is_operator?: boolean | undefined; is_admin?: boolean | undefined; is_disabled?: boolean | undefined },
  by: By,
): Promise<Account> {
  return transact(db, async (tx) => {
    const admins = await lockAdmins(tx)
    const before = await lockOptionalAccount(tx, user_id)
    if (before === undefined) throw problem('not_found')
    const losesAdmin = change.is_admin === false || change.is_disabled === true
    if (losesAdmin && admins.length === 1 && admins[0]?.id === user_id) throw problem('last_admin')
    const set = {
      ...(change.is_creator === undefined ? {} : { is_creator: change.is_creator }),
      ...(change.is_operator === undefined ? {} : { is_operator: change.is_operator }),
      ...(change.is_admin === undefined ? {} : { is_admin: change.is_admin }),
      ...(change.is_disabled === undefined || change.is_disabled === (before.disabled_at !== null) ? {} : { is_disabled: change.is_disabled }),
    }
    if (Object.keys(set).length === 0) return before
    const after = await updateAccount(tx, user_id, set)
    if (change.is_disabled === true) await revokeSessions(tx, user_id, null)
    await recordAudit(tx, { ...by, action: 'user.changed', object_kind: 'user', object_id: user_id, before: rights(before), after: rights(after) })
    return after
  })
}

const rights = ({ is_admin, is_creator, is_operator, disabled_at }: Account) => ({ is_admin, is_creator, is_operator, disabled_at })
