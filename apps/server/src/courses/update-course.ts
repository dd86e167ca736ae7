import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import type { By } from '../identity/by.ts'
import { changed, pick } from './change.ts'
import { type CourseFields, lockCourse, updateCourse as update } from './queries/courses.ts'
import { checkTimeZone } from './time-zone.ts'

/** Changes a course's title, summary, time zone or state. @throws problem time_zone_unknown */
export async function updateCourse(
  db: Db,
  course_id: string,
  sent: { [K in keyof CourseFields]?: CourseFields[K] | undefined },
  by: By,
): Promise<void> {
  if (sent.time_zone !== undefined) checkTimeZone(sent.time_zone)
  await transact(db, async (tx) => {
    const before = await lockCourse(tx, course_id)
    const after = changed(before, sent)
    if (Object.keys(after).length === 0) return
    await update(tx, course_id, after)
    await recordAudit(tx, {
      ...by,
      action: 'course.changed',
      object_kind: 'course',
      object_id: course_id,
      course_id,
      before: pick(before, after),
      after,
    })
  })
}
