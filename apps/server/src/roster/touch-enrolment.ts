import type { DbOrTx } from '../db/database.ts'
import { touchActivity } from './queries.ts'

/** Notes that a user did something in a course, at most once a minute; nothing where they are no member. */
export async function touchEnrolment(db: DbOrTx, { course_id, user_id }: { course_id: string; user_id: string }): Promise<void> {
  await touchActivity(db, course_id, user_id)
}
