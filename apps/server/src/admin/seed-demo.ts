import { questionContent } from '@gradus/contract/questions'
import { demoCourse, demoQuestions } from '../../../../demo/course.ts'
import type { DemoAssignment } from '../../../../demo/shapes.ts'
import { createCourse } from '../courses/create-course.ts'
import { createModule } from '../courses/create-module.ts'
import { createQuestion } from '../courses/create-question.ts'
import { createStep } from '../courses/create-step.ts'
import { placeQuestion } from '../courses/place-question.ts'
import { publishDraft } from '../courses/publish-draft.ts'
import { updateCourse } from '../courses/update-course.ts'
import { type Db, transact } from '../db/database.ts'
import { createUser } from '../identity/create-user.ts'
import { enrol } from '../roster/enrol.ts'
import { hasDemo, isUntouched } from './queries/system.ts'

export interface DemoAccounts {
  teacher: { email: string; password: string }
  student: { email: string; password: string }
}

/**
 * Puts the demo course with its teacher and one student into a database in which nobody but administrators has an
 * account and nothing is taught. The course is published last, so that what a crash left half done is never shown.
 * Its questions count as tried: the repository's tests run every reference and starter.
 */
export async function seedDemo(db: Db, { teacher, student }: DemoAccounts): Promise<'seeded' | 'present' | 'not_empty'> {
  if (!(await isUntouched(db))) return (await hasDemo(db, teacher.email, demoCourse.slug)) ? 'present' : 'not_empty'
  const owner = await createUser(db, { ...teacher, display_name: 'Thea Teacher', is_creator: true })
  const learner = await createUser(db, { ...student, display_name: 'Sam Student' })
  const by = { actor_id: owner.id }
  const question_ids = await publishQuestions(db, owner.id)

  const { slug, title, summary, time_zone, modules } = demoCourse
  const { course_id } = await createCourse(db, { slug, title, summary, time_zone, owner_id: owner.id }, by)
  for (const module of modules) {
    const { id: module_id } = await createModule(db, { course_id, title: module.title }, by)
    for (const step of module.steps) {
      const head = { title: step.title, state: 'published' } as const
      if (step.kind === 'material') {
        await createStep(db, { module_id, step: { ...head, kind: 'material', body_markdown: step.body_markdown } }, by)
        continue
      }
      const { assignment_id } = await createStep(db, { module_id, step: { ...head, kind: 'assignment', assignment: fieldsOf(step) } }, by)
      for (const { slug: question, points_override = null } of step.questions) {
        const question_id = question_ids.get(question)
        if (question_id === undefined) throw new Error(`the demo course places ${question}, which is not among its questions`)
        await placeQuestion(
          db,
          { assignment_id: assignment_id!, question_id, points_override, asker: { principal_id: owner.id, is_admin: false, is_creator: true } },
          by,
        )
      }
    }
  }
  await transact(db, (tx) => enrol(tx, { course_id, user_id: learner.id, role: 'student', how: 'added' }, by))
  await updateCourse(db, course_id, { state: 'published', is_open_to_guests: true }, by)
  return 'seeded'
}

async function publishQuestions(db: Db, owner_id: string): Promise<Map<string, string>> {
  const by = { actor_id: owner_id }
  const ids = new Map<string, string>()
  for (const { slug, content } of demoQuestions) {
    const made = await createQuestion(db, { owner_id, slug, is_shared: true, content: questionContent.parse(content) }, by)
    const proof = { content_sha256: made.content_sha256, is_ready: true }
    await transact(db, (tx) => publishDraft(tx, { question_id: made.question_id, content_sha256: made.content_sha256, proof }, by))
    ids.set(slug, made.question_id)
  }
  return ids
}

/** Due dates count from the moment of seeding, so that the demo is never overdue on its first day. */
const fieldsOf = ({ instructions_markdown, max_attempts, graded_attempt, due_in_hours }: DemoAssignment) => ({
  instructions_markdown,
  max_attempts,
  graded_attempt,
  opens_at: null,
  due_at: due_in_hours === null ? null : new Date(Date.now() + due_in_hours * 3_600_000).toISOString(),
  closes_at: null,
  completion_ratio: 1,
})
