import { recordAudit } from '../audit/record.ts'
import { brokenConstraint, type Db, transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { problem } from '../http/problems.ts'
import type { By } from '../identity/by.ts'
import { enrol } from '../roster/enrol.ts'
import { isId } from './locate.ts'
import { insertCourse } from './queries/courses.ts'
import { checkTimeZone } from './time-zone.ts'

/**
 * Makes a course as a draft, with its owner in it, in one transaction.
 * @throws problem slug_taken, time_zone_unknown, invalid_request for a slug that looks like an id: addresses take either
 */
export async function createCourse(
  db: Db,
  course: { slug: string; title: string; summary?: string; time_zone?: string; owner_id: string },
  by: By,
): Promise<{ course_id: string }> {
  const { slug, title, summary = '', time_zone = 'UTC', owner_id } = course
  checkTimeZone(time_zone)
  if (isId(slug)) throw problem('invalid_request', { fields: [{ path: 'slug', message: 'must not have the form of an id' }] })
  const course_id = newId()
  try {
    await transact(db, async (tx) => {
      await insertCourse(tx, { id: course_id, slug, title, summary, time_zone, created_by: owner_id })
      await recordAudit(tx, { ...by, action: 'course.created', object_kind: 'course', object_id: course_id, course_id, after: { slug, title } })
      await enrol(tx, { course_id, user_id: owner_id, role: 'owner', how: 'course_created' }, by)
    })
  } catch (error) {
    if (brokenConstraint(error) === 'courses_slug_key') throw problem('slug_taken', { slug })
    throw error
  }
  return { course_id }
}
