import { createHash } from 'node:crypto'
import type { Db } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import { type Allowance, recordFailure, refuseAfterFailures } from './failures.ts'
import { checkPassword, inHashingSlot } from './passwords.ts'
import { type Account, selectOptionalAccount } from './queries/accounts.ts'

export interface Credentials {
  email: string
  password: string
  /** Where from, as `networkOf` names it. */
  network: string
  /** Hash of the browser's device mark, where it has one. */
  device_hash: Buffer | null
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32)

/**
 * Whose failures are held against this try. A browser that has signed in to the account before has a count of its own,
 * so that strangers' guesses cannot keep its owner out: no account is ever locked (2.5 no. 5). All others share counts
 * per account and network, per account, and per network (one password tried on many accounts).
 */
function allowancesOf(email: string, network: string, known_device: Buffer | null): Allowance[] {
  const account = digest(email.toLowerCase())
  if (known_device !== null) return [{ bucket: `device:${account}:${known_device.toString('hex')}`, limit: 20 }]
  return [
    { bucket: `pair:${account}:${network}`, limit: 20 },
    { bucket: `account:${account}`, limit: 100 },
    { bucket: `network:${network}`, limit: 200 },
  ]
}

/**
 * The account that the credentials prove. Unknown, disabled and passwordless accounts and wrong passwords are
 * indistinguishable: same statements, same work, same answer.
 * @throws problem wrong_credentials, rate_limited
 */
export async function proveAccount(db: Db, { email, password, network, device_hash }: Credentials): Promise<Account> {
  return inHashingSlot(async () => {
    const found = await selectOptionalAccount(db, email, device_hash)
    const allowances = allowancesOf(email, network, found?.is_known_device ? device_hash : null)
    await refuseAfterFailures(db, allowances)
    const isRight = await checkPassword(found?.password_hash ?? null, password)
    if (found !== undefined && isRight && found.disabled_at === null) return found
    await recordFailure(db, allowances)
    throw problem('wrong_credentials')
  })
}
