import type { Tx } from '../db/database.ts'
import { insertCandidates } from './queries/accounts.ts'

/** Makes the principals of candidates, who have no account, in the caller's transaction. Their names stand with their exam. */
export const createCandidatePrincipals = (tx: Tx, ids: readonly string[]): Promise<void> => insertCandidates(tx, ids)
