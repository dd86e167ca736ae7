import type { ReplyIn } from '@gradus/contract/endpoint'
import type { getAggregateStats, listEnrolledLearners } from '@gradus/contract/progress'
import type { Db } from '../db/database.ts'
import { readCourseLearners, readCourseNumbers } from './queries/dashboard.ts'
import { doneOf, modulesOf, percentDone, statisticsOf } from './statistics.ts'

/** The course in numbers, all of one instant. */
export async function readStatistics(db: Db, course_id: string): Promise<ReplyIn<typeof getAggregateStats>> {
  const { title, now, outline, learners, sums } = await readCourseNumbers(db, course_id)
  return { course_id, course_title: title, as_of: now, ...statisticsOf(outline, learners, sums) }
}

/** Every enrolled learner with what they have done of each module. */
export async function readLearners(db: Db, course_id: string): Promise<ReplyIn<typeof listEnrolledLearners>> {
  const { title, outline, learners } = await readCourseLearners(db, course_id)
  const modules = modulesOf(outline)
  const steps = modules.flatMap((module) => module.steps)
  return {
    ...{ course_id, course_title: title, total_steps: steps.length },
    learners: learners.map((learner) => {
      const { user_id, email, display_name, role, enrolled_at, last_active_at, last_completed_at, certificate_issued_at } = learner
      const completed_steps = doneOf(steps, learner)
      const progress_percent = percentDone(completed_steps, steps.length)
      return {
        ...{ user_id, email, display_name, role, progress_percent, computed_progress_percent: progress_percent },
        ...{ completed_steps, total_steps: steps.length, enrolled_at, last_active_at, certificate_issued_at },
        completed_at: steps.length > 0 && completed_steps === steps.length ? last_completed_at : null,
        per_module: modules.map(({ module_id, position, title, steps: own }) => ({
          ...{ module_id, position, title, completed: doneOf(own, learner), total: own.length },
        })),
      }
    }),
  }
}
