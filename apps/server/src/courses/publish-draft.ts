import { recordAudit } from '../audit/record.ts'
import type { Tx } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import type { By } from '../identity/by.ts'
import { lockQuestion, publishVersion, selectOptionalLatestPublished, selectOptionalVersion } from './queries/questions.ts'

/** What a try of a draft came to; the contract's `trialState` is one. Who seeds content that is tested elsewhere states it themselves. */
export interface TrialProof {
  /** Hexadecimal: the content that was tried. */
  content_sha256: string
  /** The reference passes and the starter fails, in every language. */
  is_ready: boolean
}

/**
 * Publishes a question's draft; from then on neither it nor its tests ever change (R70). It must be the content that
 * the caller has seen and that was tried. Publishing the same content again answers with what is published, so two
 * at once, or a repeat after a lost answer, make one version.
 * @throws problem not_found, no_draft, draft_changed, try_required
 */
export async function publishDraft(
  tx: Tx,
  { question_id, content_sha256, proof }: { question_id: string; content_sha256: string; proof: TrialProof },
  by: By,
): Promise<{ version_id: string; number: number }> {
  if ((await lockQuestion(tx, question_id)) === undefined) throw problem('not_found')
  const draft = await selectOptionalVersion(tx, { question_id, state: 'draft' })
  if (draft === undefined) {
    const published = await selectOptionalLatestPublished(tx, question_id)
    if (published?.content_sha256.toString('hex') !== content_sha256) throw problem('no_draft')
    return { version_id: published.id, number: published.number }
  }
  const present = draft.content_sha256.toString('hex')
  if (present !== content_sha256) throw problem('draft_changed', { content_sha256: present })
  if (!proof.is_ready || proof.content_sha256 !== present) throw problem('try_required')
  await publishVersion(tx, draft.id)
  await recordAudit(tx, {
    ...by,
    action: 'question.published',
    object_kind: 'question',
    object_id: question_id,
    after: { version_id: draft.id, number: draft.number, content_sha256 },
  })
  return { version_id: draft.id, number: draft.number }
}
