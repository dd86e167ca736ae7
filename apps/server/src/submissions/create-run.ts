import { brokenConstraint, type Db } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { problem } from '../http/problems.ts'
import type { Bell } from '../queue/bell.ts'
import { insertRun, selectOptionalRunFacts } from './queries/runs.ts'

/** Runs of one learner that may wait at once. */
export const MAX_WAITING_RUNS = 3

/**
 * Starts a run of the visible tests, which uses no attempt. A learner has three places for runs that wait, whatever the
 * number of tabs. After the closing time runs go on: practice harms nobody.
 * @throws problem not_found, language_not_allowed, not_open_yet, closed (archived course), no_visible_tests, too_many_runs
 */
export async function createRun(
  { db, bell }: { db: Db; bell: Bell },
  run: { principal_id: string; assignment_question_id: string; language: string; content: Buffer },
): Promise<{ id: string; created_at: string }> {
  const facts = await selectOptionalRunFacts(db, run.assignment_question_id, run.language)
  if (facts === undefined) throw problem('not_found')
  if (!facts.is_language_offered) throw problem('language_not_allowed')
  if (facts.is_archived) throw problem('closed')
  if (facts.opens_at !== null && Date.parse(facts.now) < Date.parse(facts.opens_at)) throw problem('not_open_yet', { opens_at: facts.opens_at })
  if (!facts.has_visible_tests) throw problem('no_visible_tests')
  const id = newId()
  // Each round that finds its place taken means that another run got one: after three there is none left.
  for (let tries = 0; tries <= MAX_WAITING_RUNS; tries++) {
    try {
      const started = await insertRun(db, { ...run, id, job_id: newId() })
      if (started === undefined) break
      bell.ring(run.language)
      return { id, created_at: started.created_at }
    } catch (error) {
      const broken = brokenConstraint(error)
      // The placement was taken out of its assignment at this instant.
      if (broken === 'runs_assignment_question_id_fkey') throw problem('not_found')
      if (broken !== 'runs_waiting_place') throw error
    }
  }
  throw problem('too_many_runs', { max_waiting: MAX_WAITING_RUNS })
}
