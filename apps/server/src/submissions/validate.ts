import type { ReplyIn } from '@gradus/contract/endpoint'
import type { validateExercise } from '@gradus/contract/progress'
import type { Progress } from '@gradus/contract/submissions'
import type { Db } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { problem } from '../http/problems.ts'
import { readStepProgress } from '../progress/read-step-progress.ts'
import type { Bell } from '../queue/bell.ts'
import { forLearner } from './outcome.ts'
import { listStepQuestions } from './queries/read.ts'
import { submit } from './submit.ts'
import type { Watching } from './watch.ts'

export interface Exercise {
  principal_id: string
  is_guest: boolean
  course_id: string
  step_id: string
  /** Needed where the step has several questions. */
  assignment_question_id: string | undefined
  language: string
  content: Buffer
  client: string
  /** Empty where the caller gave none: then a repetition is a new attempt. */
  idempotency_key: string
  wait_seconds: number
}

type Answer = ReplyIn<typeof validateExercise>

/**
 * Hands in an answer to a step, as `submit` does with all it promises, and waits for the verdict as long as asked. It is one
 * attempt, graded by our own queue (R33, D3); what is not graded in time is told as it stands, and goes on.
 * @throws problem nothing_to_grade, invalid_request (which question?), and what `submit` throws
 */
export async function validate({ db, bell, watching }: { db: Db; bell: Bell; watching: Watching }, exercise: Exercise): Promise<Answer> {
  const { principal_id, course_id, step_id, wait_seconds, idempotency_key, ...work } = exercise
  const assignment_question_id = await questionOf(db, exercise)
  const key = idempotency_key === '' ? newId() : idempotency_key
  const taken = await submit({ db, bell }, { ...work, principal_id, assignment_question_id, idempotency_key: key })
  const progress = await lastWithin(watching, taken.id, wait_seconds * 1000)
  const outcome = progress?.outcome ?? null
  return {
    submission_id: taken.id,
    state: progress?.state ?? taken.state,
    correct: outcome === null ? null : outcome.verdict === 'accepted',
    score:
      outcome === null
        ? null
        : outcome.points_possible > 0
          ? Math.min(1, outcome.points / outcome.points_possible)
          : outcome.verdict === 'accepted'
            ? 1
            : 0,
    feedback: feedbackOf(progress),
    item_results: outcome?.tests ?? [],
    is_replay: taken.is_replay,
    ...(await readStepProgress(db, { principal_id, step_id, course_id })),
  }
}

async function questionOf(db: Db, { step_id, assignment_question_id }: Exercise): Promise<string> {
  const questions = await listStepQuestions(db, step_id)
  if (questions.length === 0) throw problem('nothing_to_grade')
  const named = assignment_question_id ?? (questions.length === 1 ? questions[0] : undefined)
  if (named === undefined || !questions.includes(named)) {
    const message = `must name one of the step’s ${questions.length} questions`
    throw problem('invalid_request', { fields: [{ path: 'response_data.assignment_question_id', message }] })
  }
  return named
}

/** The last that is known of a grading after at most `ms`; undefined where nothing is known. */
async function lastWithin(watching: Watching, submission_id: string, ms: number): Promise<Progress | undefined> {
  const until = performance.now() + ms
  const watch = watching.watch({ kind: 'submission', id: submission_id })
  let last: Progress | undefined
  try {
    for (;;) {
      const news = await watch.next(Math.max(0, until - performance.now()))
      if (news === 'over' || news === 'quiet') return last
      last = forLearner(news)
      if (last.state === 'graded' || last.state === 'needs_staff') return last
    }
  } finally {
    watch.close()
  }
}

function feedbackOf(progress: Progress | undefined): string {
  if (progress?.state === 'needs_staff') return 'The grader failed, not your code. This attempt is not counted; staff have been told.'
  const outcome = progress?.outcome
  if (!outcome) return 'Your hand-in is safe and waits to be graded.'
  if (outcome.verdict === 'compile_error') return outcome.compile_output.slice(0, 4_096)
  const passed = outcome.tests.filter((test) => test.verdict === 'accepted').length
  return `${passed} of ${outcome.tests.length} tests passed, ${outcome.points} of ${outcome.points_possible} points.`
}
