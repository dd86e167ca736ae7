import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import type { By } from '../identity/by.ts'
import { disableJoinCodes } from './queries.ts'

/** Switches a join code off for good. Doing it again changes nothing. */
export async function disableJoinCode(db: Db, join_code_id: string, by: By): Promise<void> {
  await transact(db, async (tx) => {
    for (const { id, course_id, code } of await disableJoinCodes(tx, { id: join_code_id })) {
      await recordAudit(tx, { ...by, action: 'join_code.disabled', object_kind: 'join_code', object_id: id, course_id, before: { code } })
    }
  })
}
