import type { Standing } from '../courses/standing.ts'
import { listLanguagesServed, listStanding } from './queries/standing.ts'

/** Where learners stand, from counters, scores and open jobs; app.ts hands it to the courses below. */
export const standing: Standing = {
  async forCourse(db, principal_id, course_ids) {
    return new Map((await listStanding(db, principal_id, course_ids)).map(({ id, ...at }) => [id, at]))
  },
  async languagesServed(db) {
    return new Set((await listLanguagesServed(db)).map((row) => row.language))
  },
}
