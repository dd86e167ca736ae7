import { csvOf } from '@gradus/contract/csv'
import type { LearnerLine } from '@gradus/contract/progress'

const head = ['name', 'email', 'progress_percent', 'completed_steps', 'total_steps', 'enrolled_at', 'last_active_at', 'completed_at']

/** Learners for spreadsheets, each module as a column of completed steps; no cell is taken for a formula, whatever people are called. */
export function learnersCsv(learners: readonly LearnerLine[]): string {
  const modules = learners[0]?.per_module ?? []
  return csvOf(
    [...head, 'certificate_issued_at', ...modules.map(({ title, total }, i) => `Module ${i + 1}, ${title}: completed of ${total}`)],
    learners.map((learner) => [
      ...[learner.display_name, learner.email, learner.progress_percent, learner.completed_steps, learner.total_steps],
      ...[learner.enrolled_at, learner.last_active_at, learner.completed_at, learner.certificate_issued_at],
      ...learner.per_module.map((module) => module.completed),
    ]),
  )
}
