import { sql } from 'kysely'
import type { QuestionStanding } from '../../courses/standing.ts'
import { type DbOrTx, rows } from '../../db/database.ts'

/** Where a learner stands with every placed question of some courses that they have an attempt at. */
export const listStandings = (db: DbOrTx, principal_id: string, course_ids: readonly string[]): Promise<(QuestionStanding & { id: string })[]> =>
  rows(
    db,
    sql<QuestionStanding & { id: string }>`
      select aq.id, sc.points, c.attempts - c.forgiven as attempts, exists (
          select from submissions s join grading_jobs j on j.subject_id = s.id and j.status in ('pending', 'pulled', 'retry')
          where s.principal_id = c.principal_id and s.assignment_question_id = aq.id) as is_waiting
      from attempt_counters c join assignment_questions aq on aq.id = c.assignment_question_id join assignments a on a.id = aq.assignment_id
        join steps st on st.id = a.step_id join modules m on m.id = st.module_id
        left join scores sc on sc.principal_id = c.principal_id and sc.assignment_question_id = aq.id
      where c.principal_id = ${principal_id} and m.course_id = any(${[...course_ids]}::uuid[])`,
  )
