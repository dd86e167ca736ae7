import type { ReplyIn } from '@gradus/contract/endpoint'
import type { getProgress } from '@gradus/contract/progress'
import type { Db } from '../db/database.ts'
import { certificateReply } from './certificate.ts'
import { completionOf } from './completion.ts'
import { selectOptionalCertificate } from './queries/certificates.ts'
import { listProgress, type StepLine } from './queries/progress.ts'

/** Where a learner stands with every published step of a course, and with its modules, of the present set of steps (R61, G21). */
export async function readProgress(
  db: Db,
  learner: { principal_id: string; is_guest: boolean },
  course_id: string,
): Promise<ReplyIn<typeof getProgress>> {
  const { principal_id, is_guest } = learner
  const [lines, certificate] = await Promise.all([listProgress(db, principal_id, course_id), selectOptionalCertificate(db, principal_id, course_id)])
  const steps = lines.filter((line): line is StepLine & { step_id: string } => line.step_id !== null)
  const done = steps.filter((step) => step.completed_at !== null).map((step) => step.step_id)
  const of = (some: readonly { step_id: string }[]) =>
    completionOf(
      some.map((step) => step.step_id),
      done,
    )
  return {
    ...{ user_id: principal_id, is_guest, course_id },
    steps: steps.map(({ step_id, module_id, attempts, best_ratio, completed_at, is_self_marked }) => ({
      ...{ step_id, module_id, attempts, completed_at, is_self_marked },
      completed: completed_at !== null,
      score: best_ratio,
    })),
    modules: [...Map.groupBy(lines, (line) => line.module_id)].map(([module_id, own]) => {
      const { total, completed, percent } = of(steps.filter((step) => step.module_id === module_id))
      return { module_id, title: own[0]!.module_title, steps_total: total, steps_completed: completed, completion_pct: percent }
    }),
    course_completion_pct: of(steps).percent,
    certificate: certificate === undefined ? null : certificateReply(certificate),
  }
}
