import { sql } from 'kysely'
import type { Located, Locators } from '../db/located.ts'

/** An exam belongs to the course of its assignment, a candidate to that of the exam. Only staff know that they are there. */
export const depositoryLocators: Locators = {
  exam: (id) => sql<Located>`select m.course_id, null::uuid as owner_id, false as is_published
    from exams e join assignments a on a.id = e.assignment_id join steps s on s.id = a.step_id join modules m on m.id = s.module_id where e.id = ${id}`,
  candidate: (id) => sql<Located>`select m.course_id, null::uuid as owner_id, false as is_published
    from candidates d join exams e on e.id = d.exam_id join assignments a on a.id = e.assignment_id join steps s on s.id = a.step_id
      join modules m on m.id = s.module_id where d.id = ${id}`,
}
