import { id as idShape } from '@gradus/contract/words'
import type { Command } from 'commander'
import { Problem } from '../http/problems.ts'
import type { Bell } from '../queue/bell.ts'
import { rebuildScores } from '../submissions/rebuild-scores.ts'
import { requeueSubmission } from '../submissions/requeue-submission.ts'
import { table, UsageError, verb } from './command.ts'
import { listFailed, listQueues } from './queries/system.ts'

/** A command rings nobody: servers look for work once a second by themselves. */
export const silent: Bell = { ring() {}, pass() {}, close() {}, wait: () => ({ rung: async () => {}, leave() {} }) }

/** Verbs about grading work. */
export function queueCommands(program: Command): void {
  verb(program, 'queues', 'how much work waits, is held by graders, and needs staff', async (db) => {
    const queues = await listQueues(db)
    const age = (seconds: number | null): string | null => (seconds === null ? null : `${Math.round(seconds)} s`)
    return {
      json: { queues },
      text: table(
        ['QUEUE', 'WAITING', 'PULLED', 'NEEDS STAFF', 'OLDEST WAITS'],
        queues.map((q) => [q.name, q.waiting, q.pulled, q.failed, age(q.oldest_waiting_seconds)]),
      ),
    }
  })

  verb(program, 'list-failed', 'hand-ins whose grading failed and needs staff', async (db) => {
    const failed = await listFailed(db)
    return {
      json: { failed },
      text: table(
        ['SUBMISSION', 'COURSE', 'SINCE', 'TRIES', 'FAILURE'],
        failed.map((one) => [one.submission_id, one.course, one.since, one.tries, one.failure]),
      ),
    }
  })

  verb<{ all?: boolean }>(program, 'requeue', 'put hand-ins that need staff back into the queue', async (db, { all }, ids) => {
    if ((all === true) === ids.length > 0) throw new UsageError('Name submissions, or give --all.')
    const unknown = ids.find((id) => !idShape.safeParse(id).success)
    if (unknown !== undefined) throw new UsageError(`${unknown} is not the id of a submission; list-failed shows them.`)
    const failed = await listFailed(db)
    const requeued: string[] = []
    const skipped: string[] = []
    for (const id of all === true ? failed.map((one) => one.submission_id) : ids) {
      const course_id = failed.find((one) => one.submission_id === id)?.course_id
      // Between the list and this statement a colleague may have been faster: one such hand-in does not stop the rest (R103).
      const isDone = course_id !== undefined && (await back(id, course_id))
      ;(isDone ? requeued : skipped).push(id)
    }
    return { json: { requeued, skipped }, text: `${requeued.length} requeued, ${skipped.length} skipped.` }

    async function back(id: string, course_id: string): Promise<boolean> {
      try {
        await requeueSubmission({ db, bell: silent }, id, course_id, { actor_id: null })
        return true
      } catch (error) {
        if (error instanceof Problem && error.code === 'job_not_failed') return false
        throw error
      }
    }
  })
    .argument('[submissions...]', 'ids that list-failed shows')
    .option('--all', 'every hand-in that needs staff')

  verb(program, 'rebuild-scores', 'fold every score anew from its events and mend what differs; 0 changed is what should come out', async (db) => {
    const { checked, changed } = await rebuildScores(db)
    return { json: { checked, changed }, text: `${checked} scores checked, ${changed} changed.` }
  })
}
