import type { Tx } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { drawVerificationCode } from './codes.ts'
import { insertReceipt, type NewReceipt } from './queries/hand-in.ts'

/** Writes a receipt with a code of its own in the caller's transaction; a drawn code that exists already is drawn again. */
export async function issueReceipt(tx: Tx, form: 'long' | 'plain', receipt: Omit<NewReceipt, 'id' | 'code'>): Promise<string> {
  for (;;) {
    const code = drawVerificationCode(form)
    if (await insertReceipt(tx, { ...receipt, id: newId(), code })) return code
  }
}
