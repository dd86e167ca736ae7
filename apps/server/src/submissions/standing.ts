import { sql } from 'kysely'
import type { Standing } from '../courses/standing.ts'
import { rows } from '../db/database.ts'

/** Where learners stand, from counters, scores and open jobs; app.ts hands it to the courses below. */
export const standing: Standing = {
  async forCourse(db, principal_id, course_ids) {
    const found = await rows(
      db,
      sql<{ id: string; points: number | null; attempts: number; is_waiting: boolean }>`
        select aq.id, sc.points, c.attempts - c.forgiven as attempts, exists (
            select from submissions s join grading_jobs j on j.subject_id = s.id and j.status in ('pending', 'pulled', 'retry')
            where s.principal_id = c.principal_id and s.assignment_question_id = aq.id) as is_waiting
        from attempt_counters c join assignment_questions aq on aq.id = c.assignment_question_id join assignments a on a.id = aq.assignment_id
          join steps st on st.id = a.step_id join modules m on m.id = st.module_id
          left join scores sc on sc.principal_id = c.principal_id and sc.assignment_question_id = aq.id
        where c.principal_id = ${principal_id} and m.course_id = any(${[...course_ids]}::uuid[])`,
    )
    return new Map(found.map(({ id, ...at }) => [id, at]))
  },
  async languagesServed(db) {
    const found = await rows(
      db,
      sql<{ language: string }>`select distinct l ->> 'language' as language from graders_seen, jsonb_array_elements(languages) l
        where last_seen_at > now() - interval '2 minutes'`,
    )
    return new Set(found.map((row) => row.language))
  },
}
