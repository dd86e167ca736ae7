import type { ReplyIn } from '@gradus/contract/endpoint'
import type { getAggregateStats, getLearnerProgress, listEnrolledLearners } from '@gradus/contract/progress'
import type { Db } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import { readCourseLearners, readCourseNumbers, selectIsEnrolledLearner } from './queries/dashboard.ts'
import { readProgress } from './read-progress.ts'
import { doneOf, modulesOf, percentDone, statisticsOf } from './statistics.ts'

/** The course in numbers, all of one instant. */
export async function readStatistics(db: Db, course_id: string): Promise<ReplyIn<typeof getAggregateStats>> {
  const { title, now, outline, learners, sums } = await readCourseNumbers(db, course_id)
  return { course_id, course_title: title, as_of: now, ...statisticsOf(outline, learners, sums) }
}

/** Every enrolled learner with what they have done of each module. */
export async function readLearners(db: Db, course_id: string): Promise<ReplyIn<typeof listEnrolledLearners>> {
  const { title, now, outline, learners } = await readCourseLearners(db, course_id)
  const modules = modulesOf(outline)
  const steps = modules.flatMap((module) => module.steps)
  const nothing = '0'.repeat(steps.length)
  return {
    ...{ course_id, course_title: title, total_steps: steps.length, as_of: now },
    steps: steps.map(({ step_id, module_id, title }) => ({ step_id, module_id, title })),
    learners: learners.map((learner) => {
      const { user_id, email, display_name, role, enrolled_at, last_active_at, last_completed_at, certificate_issued_at } = learner
      const completed_steps = doneOf(steps, learner)
      const progress_percent = percentDone(completed_steps, steps.length)
      return {
        ...{ user_id, email, display_name, role, progress_percent, computed_progress_percent: progress_percent },
        ...{ completed_steps, total_steps: steps.length, enrolled_at, last_active_at, certificate_issued_at },
        ...{ touched_steps: learner.touched ?? nothing, done_steps: learner.done ?? nothing },
        completed_at: steps.length > 0 && completed_steps === steps.length ? last_completed_at : null,
        per_module: modules.map(({ module_id, position, title, steps: own }) => ({
          ...{ module_id, position, title, completed: doneOf(own, learner), total: own.length },
        })),
      }
    }),
  }
}

/** One enrolled learner, step by step. @throws problem not_found where the user is no learner of this course */
export async function readLearner(db: Db, course_id: string, user_id: string): Promise<ReplyIn<typeof getLearnerProgress>> {
  if (!(await selectIsEnrolledLearner(db, course_id, user_id))) throw problem('not_found')
  return readProgress(db, { principal_id: user_id, is_guest: false }, course_id)
}
