import { recordAudit } from '../audit/record.ts'
import type { Tx } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import type { By } from '../identity/by.ts'
import { changed, pick } from './change.ts'
import { publishDraft } from './publish-draft.ts'
import { lockCourse } from './queries/courses.ts'
import { selectPlacement, updatePlacement } from './queries/placements.ts'
import { lockQuestion, selectOptionalVersion } from './queries/questions.ts'
import { lockAssignment, selectStep, updateAssignment, updateStep } from './queries/steps.ts'
import { readVersionContent } from './read-version.ts'
import { writeDraft } from './save-draft.ts'
import { timesInOrder, timesOf } from './times.ts'

interface Changes {
  title?: string | undefined
  instructions_markdown?: string | undefined
  opens_at?: string | null | undefined
  due_at?: string | null | undefined
  closes_at?: string | null | undefined
  max_attempts?: number | null | undefined
  max_bytes?: number | undefined
  allowed_types?: string[] | undefined
}

/**
 * Changes an assignment that has one file question, in the caller's transaction. Other limits for its files are a new
 * published version of the question, to which the pin moves: versions never change (R70).
 * @throws problem times_out_of_order, draft_changed where somebody is writing the question's next version
 */
export async function changeFileAssignment(
  tx: Tx,
  of: { course_id: string; step_id: string; assignment_id: string; assignment_question_id: string },
  { title, max_bytes, allowed_types, ...change }: Changes,
  by: By,
): Promise<void> {
  const { course_id } = of
  await lockCourse(tx, course_id)
  const about = { ...by, course_id }
  const step = changed({ title: (await selectStep(tx, of.step_id)).title }, { title })
  if (step.title !== undefined) {
    await updateStep(tx, of.step_id, step)
    await recordAudit(tx, { ...about, action: 'step.changed', object_kind: 'step', object_id: of.step_id, after: step })
  }
  const present = await lockAssignment(tx, of.assignment_id)
  const after = changed(present, { ...change, ...timesOf(change) })
  if (Object.keys(after).length > 0) {
    await timesInOrder(() => updateAssignment(tx, of.assignment_id, after))
    const before = pick(present, after)
    await recordAudit(tx, { ...about, action: 'assignment.changed', object_kind: 'assignment', object_id: of.assignment_id, before, after })
  }
  await changeLimits(tx, of, { max_bytes, allowed_types }, about)
}

async function changeLimits(
  tx: Tx,
  { assignment_question_id }: { assignment_question_id: string },
  limits: Pick<Changes, 'max_bytes' | 'allowed_types'>,
  about: By & { course_id: string },
): Promise<void> {
  const placement = await selectPlacement(tx, assignment_question_id)
  const { content } = await readVersionContent(tx, placement.question_version_id)
  if (content.spec.kind !== 'file') throw problem('code_expected')
  const { max_bytes, allowed_types } = content.spec
  const after = changed({ max_bytes, allowed_types }, limits)
  if (Object.keys(after).length === 0) return
  const { question_id } = placement
  await lockQuestion(tx, question_id)
  if ((await selectOptionalVersion(tx, { question_id, state: 'draft' })) !== undefined) throw problem('draft_changed')
  const next = { ...content, spec: { ...content.spec, ...after } }
  const { content_sha256 } = await writeDraft(tx, { question_id, version_id: null, content: next })
  const { version_id, number } = await publishDraft(tx, { question_id, content_sha256, proof: { content_sha256, is_ready: true } }, about)
  const { points_override, config } = placement
  await updatePlacement(tx, assignment_question_id, { question_version_id: version_id, points_override, config })
  await recordAudit(tx, {
    ...about,
    ...{ action: 'placement.changed', object_kind: 'assignment_question', object_id: assignment_question_id },
    before: { version_number: placement.version_number, max_bytes, allowed_types },
    after: { version_number: number, ...after },
  })
}
