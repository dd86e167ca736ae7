import { getAssignment, getAssignmentQuestion, getCourse, getStep, listCourses } from '@gradus/contract/courses'
import { getProgress } from '@gradus/contract/progress'
import { listMySubmissions } from '@gradus/contract/submissions'
import { renew } from '../api/calls.ts'

/** Reads anew everything that a hand-in, its verdict or a step marked as done changes, on whatever page. */
export const renewStanding = (): Promise<void> =>
  renew(getAssignmentQuestion, listMySubmissions, getAssignment, getStep, getCourse, listCourses, getProgress)
