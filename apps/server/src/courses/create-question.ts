import type { QuestionContent } from '@gradus/contract/questions'
import { recordAudit } from '../audit/record.ts'
import { brokenConstraint, type Db, transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { problem } from '../http/problems.ts'
import type { By } from '../identity/by.ts'
import { insertQuestion } from './queries/questions.ts'
import { type SavedDraft, writeDraft } from './save-draft.ts'

/**
 * Makes a question whose first content is the draft of version 1.
 * @throws problem slug_taken where the owner has a question of that name
 */
export async function createQuestion(
  db: Db,
  question: { owner_id: string; slug: string; is_shared?: boolean; content: QuestionContent },
  by: By,
): Promise<SavedDraft & { question_id: string }> {
  const question_id = newId()
  const { owner_id, slug, is_shared = false } = question
  try {
    return await transact(db, async (tx) => {
      await insertQuestion(tx, { id: question_id, owner_id, slug, is_shared })
      const draft = await writeDraft(tx, { question_id, version_id: null, content: question.content })
      await recordAudit(tx, {
        ...by,
        action: 'question.created',
        object_kind: 'question',
        object_id: question_id,
        after: { slug, is_shared, content_sha256: draft.content_sha256 },
      })
      return { question_id, ...draft }
    })
  } catch (error) {
    if (brokenConstraint(error) === 'questions_owner_id_slug_key') throw problem('slug_taken', { slug })
    throw error
  }
}
