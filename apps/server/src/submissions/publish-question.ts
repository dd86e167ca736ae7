import { publishDraft } from '../courses/publish-draft.ts'
import { readVersionContent, versionReply } from '../courses/read-version.ts'
import { type Db, transact } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import type { By } from '../identity/by.ts'
import { readTrial } from './trial.ts'

/**
 * Publishes a draft that its own try has proven: the reference passes and the starter fails, in every language, on
 * exactly this content. @throws problem no_draft, draft_changed, try_required
 */
export async function publishQuestion(db: Db, { question_id, content_sha256 }: { question_id: string; content_sha256: string }, by: By) {
  return transact(db, async (tx) => {
    // Without a draft there is no try either; publishDraft says what that means.
    const proof = await readTrial(tx, question_id).catch((error: unknown) => {
      if ((error as { code?: string }).code === problem('no_draft').code) return { content_sha256: '', is_ready: false }
      throw error
    })
    const { version_id } = await publishDraft(tx, { question_id, content_sha256, proof }, by)
    return versionReply(await readVersionContent(tx, version_id))
  })
}
