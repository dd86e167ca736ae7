import { recordAudit } from '../audit/record.ts'
import { brokenConstraint, type Db, type Tx, transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { problem } from '../http/problems.ts'
import type { By } from '../identity/by.ts'
import { changed, pick } from './change.ts'
import {
  deletePlacement,
  insertPlacement,
  listPlacements,
  orderPlacements,
  type PlacementRow,
  selectPlacement,
  updatePlacement as update,
} from './queries/placements.ts'
import { type Asker, selectOptionalLatestPublished, selectOptionalQuestion, selectOptionalVersion, type VersionRow } from './queries/questions.ts'
import { lockAssignment, selectAssignment } from './queries/steps.ts'
import { namesEachOnce } from './same-items.ts'
import { unlessWorkIsThere } from './update-step.ts'

type Config = PlacementRow['config']

export interface Placing {
  assignment_id: string
  question_id: string
  /** The newest published version unless named. */
  version_number?: number | undefined
  points_override?: number | null
  config?: Config
  /** Who places: they must be able to see the question. */
  asker: Asker
}

/**
 * Places a question at the end of an assignment, pinned to a published version (R68, R70).
 * @throws problem not_found (no such question for them), version_not_published, question_placed_already, language_not_allowed
 */
export async function placeQuestion(db: Db, placing: Placing, by: By): Promise<{ assignment_question_id: string }> {
  const { assignment_id, question_id, points_override = null, config = {} } = placing
  const id = newId()
  try {
    await transact(db, async (tx) => {
      await lockAssignment(tx, assignment_id)
      if ((await selectOptionalQuestion(tx, placing.asker, question_id)) === undefined) throw problem('not_found', { question_id })
      const version = await pinned(tx, question_id, placing.version_number)
      checkLanguages(config, version)
      await insertPlacement(tx, { id, assignment_id, question_id, question_version_id: version.id, points_override, config })
      const { course_id } = await selectAssignment(tx, assignment_id)
      const after = { assignment_id, question_id, version_number: version.number, points_override, config }
      await recordAudit(tx, { ...by, action: 'placement.created', object_kind: 'assignment_question', object_id: id, course_id, after })
    })
  } catch (error) {
    if (brokenConstraint(error) === 'assignment_questions_assignment_id_question_id_key') throw problem('question_placed_already')
    throw error
  }
  return { assignment_question_id: id }
}

interface Placement {
  course_id: string
  assignment_question_id: string
}

/**
 * Moves a placement's pin to another published version, or changes its points or settings. No other placement changes.
 * @throws problem version_not_published, language_not_allowed
 */
export async function updatePlacement(
  db: Db,
  {
    course_id,
    assignment_question_id,
    change,
  }: Placement & { change: { version_number?: number | undefined; points_override?: number | null | undefined; config?: Config | undefined } },
  by: By,
): Promise<void> {
  await transact(db, async (tx) => {
    await lockAssignment(tx, (await selectPlacement(tx, assignment_question_id)).assignment_id)
    const before = await selectPlacement(tx, assignment_question_id)
    const { version_number, points_override, config } = before
    const after = changed({ version_number, points_override, config }, change)
    if (Object.keys(after).length === 0) return
    const version = await pinned(tx, before.question_id, after.version_number ?? version_number)
    const next = { version_number, points_override, config, ...after }
    checkLanguages(next.config, version)
    await update(tx, assignment_question_id, { question_version_id: version.id, points_override: next.points_override, config: next.config })
    await recordAudit(tx, {
      ...by,
      action: 'placement.changed',
      object_kind: 'assignment_question',
      object_id: assignment_question_id,
      course_id,
      before: pick<Partial<typeof next>>(before, after),
      after,
    })
  })
}

/** Takes a question out of an assignment while nobody has handed in work for it. @throws problem step_has_work */
export async function removePlacement(db: Db, { course_id, assignment_question_id }: Placement, by: By): Promise<void> {
  await unlessWorkIsThere(() =>
    transact(db, async (tx) => {
      await lockAssignment(tx, (await selectPlacement(tx, assignment_question_id)).assignment_id)
      const placement = await selectPlacement(tx, assignment_question_id)
      await deletePlacement(tx, placement)
      await recordAudit(tx, {
        ...by,
        action: 'placement.removed',
        object_kind: 'assignment_question',
        object_id: assignment_question_id,
        course_id,
        before: { assignment_id: placement.assignment_id, question_id: placement.question_id, version_number: placement.version_number },
      })
    }),
  )
}

/** Sets the order of all questions of an assignment. @throws problem order_mismatch */
export async function orderQuestions(
  db: Db,
  { course_id, assignment_id, ids }: { course_id: string; assignment_id: string; ids: readonly string[] },
  by: By,
): Promise<void> {
  await transact(db, async (tx) => {
    await lockAssignment(tx, assignment_id)
    if (!namesEachOnce(ids, await listPlacements(tx, assignment_id))) throw problem('order_mismatch')
    await orderPlacements(tx, assignment_id, ids)
    await recordAudit(tx, { ...by, action: 'assignment.ordered', object_kind: 'assignment', object_id: assignment_id, course_id, after: { ids } })
  })
}

async function pinned(tx: Tx, question_id: string, number: number | undefined): Promise<VersionRow> {
  const version =
    number === undefined ? await selectOptionalLatestPublished(tx, question_id) : await selectOptionalVersion(tx, { question_id, number })
  if (version?.state !== 'published') throw problem('version_not_published')
  return version
}

/** A placement may offer fewer languages than the version has, never others. */
function checkLanguages(config: Config, version: VersionRow): void {
  const offered = Object.keys(version.spec.languages as object)
  const unknown = (config.allowed_languages ?? []).filter((language) => !offered.includes(language))
  if (unknown.length > 0) throw problem('language_not_allowed', { languages: unknown, offered })
}
