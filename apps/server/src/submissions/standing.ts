import type { Standing } from '../courses/standing.ts'
import { languagesServed } from '../queue/graders.ts'
import { listStandings } from './queries/standing.ts'

/** Where learners stand, from counters, scores and open jobs; app.ts hands it to the courses below. */
export const standing: Standing = {
  forCourse: async (db, principal_id, course_ids) => new Map((await listStandings(db, principal_id, course_ids)).map(({ id, ...at }) => [id, at])),
  languagesServed,
}
