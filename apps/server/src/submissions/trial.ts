import type { trialState } from '@gradus/contract/questions'
import type { z } from 'zod'
import { inOrder, readDraft, type Version } from '../courses/read-version.ts'
import { type Db, type DbOrTx, transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { problem } from '../http/problems.ts'
import type { Bell } from '../queue/bell.ts'
import { OWN_QUEUE } from '../queue/enqueue.ts'
import { externalQueues } from '../queue/external-queues.ts'
import { insertTrial, listTrials, lockTrials, type RunRow } from './queries/runs.ts'

export type TrialState = z.infer<typeof trialState>

/** Whether a run passed every test; false while it waits and where our grading failed. */
const passes = (run: RunRow): boolean => run.outcome?.verdict === 'accepted'
/** A run that still says something: it waits, or it came out as it must. Others are run anew when the teacher tries again. */
const stands = (run: RunRow): boolean => run.finished_at === null || (run.outcome !== null && passes(run) === (run.kind === 'reference'))

function stateOf(draft: Version, runs: readonly RunRow[]): TrialState {
  const languages = inOrder(Object.keys(draft.content.spec.languages)).map((language) => {
    const of = (kind: RunRow['kind']) => {
      const run = runs.find((r) => r.language === language && r.kind === kind)
      return run === undefined ? null : { run_id: run.id, is_finished: run.finished_at !== null, passes: passes(run) }
    }
    return { language, reference: of('reference'), starter: of('starter') }
  })
  const isProven = languages.every(({ reference, starter }) => reference?.passes === true && starter?.is_finished === true && !starter.passes)
  // A starter whose grading failed has not failed the tests.
  const isWhole = runs.every((run) => run.finished_at === null || run.outcome !== null)
  return { content_sha256: draft.content_sha256, is_ready: isProven && isWhole, languages }
}

/** How the try of a question's present draft stands. A run counts only for exactly the content it ran. @throws problem no_draft */
export async function readTrial(db: DbOrTx, question_id: string): Promise<TrialState> {
  const draft = await readDraft(db, question_id)
  return stateOf(draft, await listTrials(db, draft.version_id, Buffer.from(draft.content_sha256, 'hex')))
}

/**
 * Runs reference and starter of every language of the draft against all its tests. What waits or came out as it must is
 * not run again, so pressing twice costs nothing; what went wrong is.
 * @throws problem no_draft, queue_unknown
 */
export async function tryDraft({ db, bell }: { db: Db; bell: Bell }, question_id: string, principal_id: string): Promise<TrialState> {
  const { state, started } = await transact(db, async (tx) => {
    await lockTrials(tx, question_id)
    const draft = await readDraft(tx, question_id)
    const version_sha256 = Buffer.from(draft.content_sha256, 'hex')
    const before = await listTrials(tx, draft.version_id, version_sha256)
    const work_ms = draft.content.spec.tests.reduce((sum, test) => sum + test.time_ms, 0)
    const queue = await queueOf(tx, draft)
    const languages = inOrder(Object.keys(draft.content.spec.languages))
    for (const language of languages) {
      for (const kind of ['reference', 'starter'] as const) {
        const known = before.find((run) => run.language === language && run.kind === kind)
        if (known !== undefined && stands(known)) continue
        const content = Buffer.from(draft.content.spec.languages[language]![kind], 'utf8')
        await insertTrial(tx, {
          ...{ id: newId(), job_id: newId(), principal_id, kind, language, content },
          ...{ question_version_id: draft.version_id, version_sha256, work_ms, queue },
        })
      }
    }
    return { state: stateOf(draft, await listTrials(tx, draft.version_id, version_sha256)), started: languages }
  })
  for (const language of started) bell.ring(language)
  return state
}

/** Where the work of a version waits. A draft may name any queue; what is tried must name one that is there. */
async function queueOf(tx: DbOrTx, { content: { spec } }: Version): Promise<string> {
  if (spec.kind !== 'external') return OWN_QUEUE
  if (!(await externalQueues(tx)).some(({ name }) => name === spec.queue)) throw problem('queue_unknown', { queue: spec.queue })
  return spec.queue
}
