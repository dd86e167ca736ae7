import { paths } from '../paths.ts'
import type { OutlineStep } from './use-course.ts'

/** Where a step is opened: an assignment of one question opens as that question, which saves everyone a click. */
export const stepAddress = (course: string, step: Pick<OutlineStep, 'id' | 'kind' | 'assignment_id' | 'question_count'>): string =>
  step.assignment_id !== null && step.question_count === 1 ? paths.question(course, step.assignment_id, 1) : paths.step(course, step.id)
