import { listCourses } from '@gradus/contract/courses'
import { type Exam, getExam } from '@gradus/contract/exams'
import type { User } from '@gradus/contract/identity'
import { useRouterState } from '@tanstack/react-router'
import { useCall } from '../api/calls.ts'

const LOOK_AGAIN_MS = 30_000

/** The exam of the present address, read or being read. */
export function useExamCall() {
  const exam_id = useRouterState({ select: (state) => (state.matches.at(-1)?.params as { exam?: string } | undefined)?.exam })
  return useCall(getExam, { params: { exam_id: exam_id ?? '' } }, { is_enabled: exam_id !== undefined, refetch_ms: LOOK_AGAIN_MS })
}

/** The exam, on every page below `/exams/:exam`: ExamFrame shows those only once it is here. */
export function useExam(): Exam {
  const exam = useExamCall().data
  if (exam === undefined) throw new Error('useExam outside of an exam')
  return exam
}

/** Whether somebody has exams to watch or may make some: those who teach anywhere, and those who may make courses. */
export function useMayExamine(user: User | null | undefined): boolean {
  const isSure = user?.is_creator === true || user?.is_admin === true
  const courses = useCall(listCourses, {}, { is_enabled: user != null && !isSure })
  return isSure || (courses.data?.courses.some((course) => course.my_role !== null && course.my_role !== 'student') ?? false)
}
