import { mergeProgress } from '@gradus/client/merge-progress'
import { getCourse } from '@gradus/contract/courses'
import { me } from '@gradus/contract/identity'
import { type CourseProgress, getProgress } from '@gradus/contract/progress'
import { renew } from '../api/calls.ts'
import { client, queryClient } from '../api/client.ts'
import { learnerOf, meQuery } from '../api/session.ts'
import { learnAs } from '../identity/learner-of-device.ts'
import { keptNow, onOutboxEvent } from '../outbox/outbox.ts'
import { renewStanding } from './renew-standing.ts'

/** Lets the pages show what the server acknowledged or refused of what was kept on this device. */
export function followOutbox(): void {
  onOutboxEvent((event) => {
    if (event.kind === 'signed_out') return void lookWhoIsHere().catch(() => undefined)
    if (event.kind !== 'sent' && event.kind !== 'set_aside') return
    // The entry is out of the line: what it did must stand in the progress before that is read anew, or it would flicker.
    if (event.kind === 'sent' && event.name === 'complete') {
      const { step_id, score, certificate } = event.reply
      queryClient.setQueriesData<CourseProgress>({ queryKey: [getProgress.path] }, (progress) => {
        if (progress === undefined || !progress.steps.some((step) => step.step_id === step_id)) return progress
        const merged = mergeProgress(progress, [{ step_id, score }])
        return { ...merged, certificate: certificate ?? merged.certificate }
      })
    }
    if (event.entry.name === 'hand_in' || keptNow().waiting.length === 0) void renewStanding()
  })
}

/**
 * A guest whose cookie is gone is somebody else now, and what this browser's guest kept goes to the next one. Where a session ended nothing
 * changes: the page stays as it is, and what is kept waits for its user.
 */
async function lookWhoIsHere(): Promise<void> {
  if (queryClient.getQueryData(meQuery.queryKey)?.user !== null) return
  // The first call to an open course makes a new guest.
  if (learnerOf(await client.call(me)) === null) await renew(getCourse)
  const mine = await client.call(me)
  const learner = learnerOf(mine)
  if (learner === null || !learner.is_guest || learner.id === keptNow().owner) return
  queryClient.setQueryData(meQuery.queryKey, mine)
  await learnAs(learner)
}
