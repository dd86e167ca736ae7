import type { Tx } from '../db/database.ts'
import { deleteCandidates, insertCandidates, lockCandidates } from './queries/accounts.ts'

/** Makes the principals of candidates, who have no account, in the caller's transaction. Their names stand with their exam. */
export const createCandidatePrincipals = (tx: Tx, ids: readonly string[]): Promise<void> => insertCandidates(tx, ids)

/** Keeps anybody from referring to these principals anew until the caller's transaction ends. */
export const lockCandidatePrincipals = (tx: Tx, ids: readonly string[]): Promise<void> => lockCandidates(tx, ids)

/** Removes principals of candidates whom nothing refers to any more, in the caller's transaction. */
export const removeCandidatePrincipals = (tx: Tx, ids: readonly string[]): Promise<void> => deleteCandidates(tx, ids)
