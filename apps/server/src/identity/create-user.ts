import { recordAudit } from '../audit/record.ts'
import { brokenConstraint, type Db, transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { problem } from '../http/problems.ts'
import type { By } from './by.ts'
import { hashPassword, inHashingSlot } from './passwords.ts'
import { type Account, insertUser } from './queries/accounts.ts'

export interface NewUser {
  email: string
  display_name: string
  /** Without one nobody can sign in by password. */
  password?: string
  is_admin?: boolean
  is_creator?: boolean
}

/**
 * Makes an account with exactly these rights; whoever registers over HTTP is given none (D9) and is their own actor
 * (`by` is 'self').
 * @throws problem email_taken
 */
export async function createUser(db: Db, user: NewUser, by: By | 'self' = { actor_id: null }): Promise<Account> {
  const { password } = user
  const password_hash = password === undefined ? null : await inHashingSlot(() => hashPassword(password))
  const id = newId()
  try {
    return await transact(db, async (tx) => {
      const made = await insertUser(tx, {
        id,
        email: user.email,
        display_name: user.display_name,
        password_hash,
        is_admin: user.is_admin ?? false,
        is_creator: user.is_creator ?? false,
      })
      await recordAudit(tx, {
        ...(by === 'self' ? { actor_id: id } : by),
        action: 'user.created',
        object_kind: 'user',
        object_id: id,
        after: { email: made.email, is_admin: made.is_admin, is_creator: made.is_creator },
      })
      return made
    })
  } catch (error) {
    if (brokenConstraint(error) === 'users_email_key') throw problem('email_taken')
    throw error
  }
}
