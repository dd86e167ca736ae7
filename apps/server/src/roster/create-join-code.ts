import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import type { By } from '../identity/by.ts'
import { drawJoinCode } from './join-code.ts'
import { disableJoinCodes, insertJoinCode } from './queries.ts'

/** Makes a join code for a course; with `replace` the older ones are switched off in the same transaction (rotation, R76). */
export async function createJoinCode(
  db: Db,
  wish: { course_id: string; max_uses: number | null; expires_at: string | null; replace: boolean; created_by: string },
  by: By,
) {
  const { replace, ...values } = wish
  return transact(db, async (tx) => {
    const disabled = replace ? await disableJoinCodes(tx, { course_id: wish.course_id }) : []
    for (;;) {
      // Two of 36^6 codes rarely meet; a code once given out is never given out again.
      const made = await insertJoinCode(tx, { id: newId(), code: drawJoinCode(), ...values })
      if (made === undefined) continue
      await recordAudit(tx, {
        ...by,
        action: 'join_code.created',
        object_kind: 'join_code',
        object_id: made.id,
        course_id: wish.course_id,
        after: { code: made.code, max_uses: made.max_uses, expires_at: made.expires_at, replaces: disabled.map((code) => code.code) },
      })
      return made
    }
  })
}
