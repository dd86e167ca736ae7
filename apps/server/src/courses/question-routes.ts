import * as api from '@gradus/contract/questions'
import type { Db } from '../db/database.ts'
import type { Actor } from '../http/actor.ts'
import type { Mount } from '../http/mount.ts'
import { problem } from '../http/problems.ts'
import { byCaller } from '../identity/by.ts'
import { isAdmin } from '../identity/is-admin.ts'
import { createQuestion } from './create-question.ts'
import { type Asker, listPlacementsOf, listQuestions, listVersions, type QuestionHead, selectOptionalQuestion } from './queries/questions.ts'
import { inOrder, readDraft, readVersion, versionReply } from './read-version.ts'
import { saveDraft } from './save-draft.ts'
import { shareQuestion } from './share-question.ts'

const askerOf = (actor: Actor): Asker => ({
  principal_id: actor.principal_id,
  is_admin: isAdmin(actor),
  is_creator: actor.user?.is_creator ?? false,
})

/** Questions and their versions. A try of a draft and publishing need runs, which live a floor above: submissions mounts them. */
export function questionRoutes(mount: Mount, { db }: { db: Db }): void {
  const headOf = async (actor: Actor, question_id: string): Promise<QuestionHead> => {
    const found = await selectOptionalQuestion(db, askerOf(actor), question_id)
    if (found === undefined) throw problem('not_found')
    return found
  }

  mount(api.listQuestions, async ({ actor, query }) => ({ questions: await listQuestions(db, askerOf(actor), query.search, query.limit) }))
  mount(api.createQuestion, async (call) => {
    const { question_id } = await createQuestion(db, { ...call.body, owner_id: call.actor.principal_id }, byCaller(call))
    return { ...(await headOf(call.actor, question_id)), draft: versionReply(await readDraft(db, question_id)) }
  })
  mount(api.getQuestion, async ({ actor, params, grant }) => {
    const head = await headOf(actor, params.question_id)
    const versions = await listVersions(db, params.question_id, grant.permissions.includes('question.edit'))
    const placements = await listPlacementsOf(db, askerOf(actor), params.question_id)
    return { ...head, versions: versions.map((version) => ({ ...version, languages: inOrder(version.languages) })), placements }
  })
  mount(api.updateQuestion, async (call) => {
    await shareQuestion(db, call.params.question_id, call.body.is_shared, byCaller(call))
    return headOf(call.actor, call.params.question_id)
  })
  mount(api.getQuestionVersion, async ({ params, grant }) =>
    versionReply(await readVersion(db, { ...params, with_draft: grant.permissions.includes('question.edit') })),
  )
  mount(api.saveDraft, async (call) => {
    return versionReply(await saveDraft(db, { ...call.params, ...call.body }, byCaller(call)))
  })
}
