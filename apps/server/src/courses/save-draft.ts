import type { QuestionContent } from '@gradus/contract/questions'
import { recordAudit } from '../audit/record.ts'
import { type Db, type Tx, transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { problem } from '../http/problems.ts'
import type { By } from '../identity/by.ts'
import { contentSha256, normalContent, splitSpec } from './content.ts'
import { insertDraft, lockQuestion, replaceTests, selectOptionalLatestPublished, selectOptionalVersion, updateDraft } from './queries/questions.ts'
import { readVersionContent, type Version } from './read-version.ts'

export interface SavedDraft {
  version_id: string
  /** Hexadecimal. */
  content_sha256: string
}

/**
 * Saves the draft of a question's next version; published versions are never touched (R70). `base_sha256` is what the
 * editor started from: where someone saved something else since, nothing is overwritten. Without a draft the base is
 * the newest published version, or null. Saving what is there already succeeds, so a repeated call is safe.
 * @throws problem not_found, draft_changed
 */
export async function saveDraft(
  db: Db,
  { question_id, content, base_sha256 }: { question_id: string; content: QuestionContent; base_sha256: string | null },
  by: By,
): Promise<Version> {
  const next_sha256 = contentSha256(content).toString('hex')
  return transact(db, async (tx) => {
    if ((await lockQuestion(tx, question_id)) === undefined) throw problem('not_found')
    const draft = await selectOptionalVersion(tx, { question_id, state: 'draft' })
    const base = draft ?? (base_sha256 === null ? undefined : await selectOptionalLatestPublished(tx, question_id))
    const present = base?.content_sha256.toString('hex') ?? null
    if (draft !== undefined && present === next_sha256) return readVersionContent(tx, draft.id)
    if (present !== base_sha256) throw problem('draft_changed', { content_sha256: present })
    const saved = await writeDraft(tx, { question_id, version_id: draft?.id ?? null, content })
    await recordAudit(tx, {
      ...by,
      action: 'question.draft_saved',
      object_kind: 'question',
      object_id: question_id,
      before: { content_sha256: present },
      after: { content_sha256: saved.content_sha256 },
    })
    return readVersionContent(tx, saved.version_id)
  })
}

/** Writes content as the draft `version_id`, or as a new draft where that is null. The caller holds the question's lock. */
export async function writeDraft(
  tx: Tx,
  { question_id, version_id, content }: { question_id: string; version_id: string | null; content: QuestionContent },
): Promise<SavedDraft> {
  const { title, statement_markdown, spec } = normalContent(content)
  const { tests, ...stored } = splitSpec(spec)
  const content_sha256 = contentSha256(content)
  const row = { title, statement_markdown, content_sha256, ...stored }
  const id = version_id ?? newId()
  if (version_id === null) await insertDraft(tx, { id, question_id, ...row })
  else await updateDraft(tx, id, row)
  await replaceTests(
    tx,
    id,
    tests.map((test) => ({ id: newId(), ...test })),
  )
  return { version_id: id, content_sha256: content_sha256.toString('hex') }
}
