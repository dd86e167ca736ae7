import { getCourse } from '@gradus/contract/courses'
import type { Permission, ReplyOf } from '@gradus/contract/endpoint'
import { useRouterState } from '@tanstack/react-router'
import { useCall } from '../api/calls.ts'

/** A course with its outline and what the reader may do in it. */
export type CourseOutline = ReplyOf<typeof getCourse>
export type OutlineStep = CourseOutline['modules'][number]['steps'][number]

/** The course of the present address (its slug or id), read or being read; usable above the course's own routes. */
export function useCourseCall() {
  const course_id = useRouterState({ select: (state) => (state.matches.at(-1)?.params as { course?: string } | undefined)?.course })
  return useCall(getCourse, { params: { course_id: course_id ?? '' } }, { is_enabled: course_id !== undefined })
}

/** The course of the present address, or null where there is none or it is not here yet. */
export function useOptionalCourse(): CourseOutline | null {
  return useCourseCall().data ?? null
}

/** The course, on every page below `/c/:course`: CourseFrame shows those only once it is here. */
export function useCourse(): CourseOutline {
  const course = useOptionalCourse()
  if (course === null) throw new Error('useCourse outside of a course')
  return course
}

/** Whether the reader's role in this course allows something; the server decides for itself again. */
export const mayIn = (course: CourseOutline, permission: Permission): boolean => course.permissions.includes(permission)
