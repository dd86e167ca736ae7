import type { listCourseSubmissions } from '@gradus/contract/submissions'
import { id } from '@gradus/contract/words'
import type { z } from 'zod'
import type { DbOrTx } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import { type CourseLine, listOfCourse } from './queries/read.ts'
import { headReply } from './read-submission.ts'

/** A page of a course's hand-ins, newest first. The cursor names the last one shown. @throws problem invalid_request for a foreign cursor */
export async function listCourse(db: DbOrTx, course_id: string, { limit, cursor, ...filter }: z.output<typeof listCourseSubmissions.query>) {
  if (cursor !== undefined && !id.safeParse(cursor).success)
    throw problem('invalid_request', { fields: [{ path: 'cursor', message: 'must be the next_cursor of the page before' }] })
  const lines = await listOfCourse(db, { ...filter, course_id, after: cursor, limit: limit + 1 })
  const page = lines.slice(0, limit)
  return { submissions: page.map(lineReply), next_cursor: lines.length > limit ? page.at(-1)!.id : null }
}

const lineReply = ({ question_title, assignment_id, assignment_title, learner, ...head }: CourseLine) => ({
  ...headReply(head),
  ...{ question_title, assignment_id, assignment_title, learner },
})
