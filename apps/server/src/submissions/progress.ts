import type { Outcome, Progress } from '@gradus/contract/submissions'
import type { DbOrTx } from '../db/database.ts'
import { languagesServed } from '../queue/graders.ts'
import { jobsAhead } from '../queue/position.ts'
import { jobStandings } from '../queue/standing.ts'
import { waiting } from '../queue/states.ts'
import { outcomeOf } from './outcome.ts'
import { listOutcomes } from './queries/read.ts'
import { listRuns } from './queries/runs.ts'
import { stateOf } from './state.ts'

/** A hand-in or a run as something that is graded. */
export interface Subject {
  kind: 'submission' | 'run'
  id: string
}

/**
 * Where the grading of each of these stands, whole, in a fixed number of statements however many they are. A subject
 * that is gone is missing. Everything is there: cut it for learners with `forLearner`.
 */
export async function progressOf(db: DbOrTx, subjects: readonly Subject[]): Promise<Map<string, Progress>> {
  const standings = await jobStandings(
    db,
    subjects.map(({ id }) => id),
  )
  const of = (...statuses: readonly string[]) => subjects.filter(({ id }) => statuses.includes(standings.get(id)?.status ?? ''))
  const graded = of('retired')
  const inLine = of(...waiting).map(({ id }) => id)
  const [ahead, served, outcomes] = await Promise.all([
    jobsAhead(db, inLine),
    graded.length === subjects.length ? new Set<string>() : languagesServed(db),
    outcomesOf(db, graded),
  ])
  const found = new Map<string, Progress>()
  for (const { id, kind } of subjects) {
    const standing = standings.get(id)
    if (standing === undefined) {
      // Hand-ins are never deleted: one without a job is a file.
      if (kind === 'submission') found.set(id, { state: 'handed_in', ahead: null, has_grader: true, finished: [], outcome: null })
      continue
    }
    const outcome = outcomes.get(id) ?? null
    // A run of a draft that changed in between is thrown away with its outcome.
    if (standing.status === 'retired' && outcome === null) continue
    found.set(id, {
      state: stateOf(standing.status),
      ahead: ahead.get(id) ?? null,
      has_grader: outcome !== null || standing.is_external || served.has(standing.needs),
      finished: outcome === null ? (standing.finished as Progress['finished']) : outcome.tests.map(({ key, verdict }) => ({ key, verdict })),
      outcome,
    })
  }
  return found
}

async function outcomesOf(db: DbOrTx, subjects: readonly Subject[]): Promise<Map<string, Outcome>> {
  const ids = (kind: Subject['kind']) => subjects.filter((subject) => subject.kind === kind).map(({ id }) => id)
  const [submissions, runs] = [ids('submission'), ids('run')]
  const outcomes = new Map<string, Outcome>()
  if (submissions.length > 0) for (const stored of await listOutcomes(db, submissions)) outcomes.set(stored.submission_id, outcomeOf(stored))
  if (runs.length > 0) for (const { id, outcome } of await listRuns(db, runs)) if (outcome !== null) outcomes.set(id, outcome)
  return outcomes
}
