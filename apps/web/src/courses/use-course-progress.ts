import { mergeProgress } from '@gradus/client/merge-progress'
import { type CourseProgress, getProgress, type StepProgress } from '@gradus/contract/progress'
import { useMemo } from 'react'
import { useCall } from '../api/calls.ts'
import { useOptionalLearner } from '../api/session.ts'
import { stepsKept } from '../outbox/kept.ts'
import { useKept } from '../outbox/outbox.ts'

export interface Standing {
  /** What the server knows, united with what waits on this device (R30); null while it is read, and where it cannot be. */
  progress: CourseProgress | null
  /** Marked as done here, and the server does not know it yet. */
  kept_step_ids: ReadonlySet<string>
  stepOf: (step_id: string) => StepProgress | null
  /** True once it is here, or known that it cannot be had. */
  is_settled: boolean
  error: unknown
  retry: () => void
}

/** Where the learner stands in a course. */
export function useCourseProgress(course_id: string | undefined): Standing {
  const learner = useOptionalLearner()
  const kept = useKept()
  const call = useCall(getProgress, { params: { course_id: course_id ?? '' } }, { is_enabled: course_id !== undefined && learner !== null })
  return useMemo(() => {
    const ids = stepsKept(kept)
    const progress =
      call.data === undefined
        ? null
        : mergeProgress(
            call.data,
            ids.map((step_id) => ({ step_id })),
          )
    const steps = new Map(progress?.steps.map((step) => [step.step_id, step]))
    return {
      progress,
      kept_step_ids: new Set(ids),
      stepOf: (step_id) => steps.get(step_id) ?? null,
      is_settled: kept.is_read && (call.data !== undefined || call.error !== null),
      error: call.error,
      retry: () => void call.refetch(),
    }
  }, [kept, call.data, call.error, call.refetch])
}
