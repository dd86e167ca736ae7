import { sql } from 'kysely'
import type { Located, Locators } from '../db/located.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** Whether a course's address names it by id: a slug never has this form (see create-course.ts). */
export const isId = (id_or_slug: string): boolean => uuid.test(id_or_slug)

/** Inside a course a thing is published when the course is not a draft and its own step is published. */
export const courseLocators: Locators = {
  course: (id) => sql<Located>`select c.id as course_id, c.created_by as owner_id, c.state <> 'draft' as is_published
    from courses c where ${isId(id) ? sql`c.id = ${id}` : sql`c.slug = ${id}`}`,
  module: (id) => sql<Located>`select c.id as course_id, null::uuid as owner_id, c.state <> 'draft' as is_published
    from modules m join courses c on c.id = m.course_id where m.id = ${id}`,
  step: (id) => sql<Located>`select c.id as course_id, null::uuid as owner_id, c.state <> 'draft' and s.state = 'published' as is_published
    from steps s join modules m on m.id = s.module_id join courses c on c.id = m.course_id where s.id = ${id}`,
  assignment: (id) => sql<Located>`select c.id as course_id, null::uuid as owner_id, c.state <> 'draft' and s.state = 'published' as is_published
    from assignments a join steps s on s.id = a.step_id join modules m on m.id = s.module_id join courses c on c.id = m.course_id where a.id = ${id}`,
  assignment_question: (
    id,
  ) => sql<Located>`select c.id as course_id, null::uuid as owner_id, c.state <> 'draft' and s.state = 'published' as is_published
    from assignment_questions q join assignments a on a.id = q.assignment_id join steps s on s.id = a.step_id
    join modules m on m.id = s.module_id join courses c on c.id = m.course_id where q.id = ${id}`,
  // One row for each course in which the question is placed, or one without a course. Published: shared, with a version to show.
  question: (id) => sql<Located>`select distinct m.course_id, q.owner_id,
      q.is_shared and exists (select from question_versions v where v.question_id = q.id and v.state = 'published') as is_published
    from questions q left join assignment_questions aq on aq.question_id = q.id left join assignments a on a.id = aq.assignment_id
    left join steps s on s.id = a.step_id left join modules m on m.id = s.module_id where q.id = ${id}`,
}
