import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import type { By } from '../identity/by.ts'
import { lockQuestion, updateQuestion } from './queries/questions.ts'

/** Shares a question's published versions with everyone who makes courses, or stops that. Placements that exist stay. */
export async function shareQuestion(db: Db, question_id: string, is_shared: boolean, by: By): Promise<void> {
  await transact(db, async (tx) => {
    await lockQuestion(tx, question_id)
    await updateQuestion(tx, question_id, { is_shared })
    await recordAudit(tx, {
      ...by,
      action: is_shared ? 'question.shared' : 'question.unshared',
      object_kind: 'question',
      object_id: question_id,
      after: { is_shared },
    })
  })
}
