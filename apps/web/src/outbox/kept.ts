import type { Entry, OutboxEvent, SetAside } from '@gradus/client/outbox'
import type { completeStep } from '@gradus/contract/progress'
import type { submit } from '@gradus/contract/submissions'

/** What goes through the outbox, by the names that are kept with the entries. */
export type Calls = { complete: typeof completeStep; hand_in: typeof submit }
export type LearnerEvent = OutboxEvent<Calls>

/** What this device has of a learner and the server has not, as all tabs of the browser know it. */
export interface Kept {
  owner: string | null
  /** In the order in which they go out. */
  waiting: readonly Entry[]
  set_aside: readonly SetAside[]
  /** Why the line stands: no answer comes, or nobody is signed in for it. */
  trouble: 'unreachable' | 'signed_out' | null
  /** This browser kept nothing of something: it lives as long as the page. */
  is_refused: boolean
  /** False until the device was asked for the first time. */
  is_read: boolean
}

export const nothingKept: Kept = { owner: null, waiting: [], set_aside: [], trouble: null, is_refused: false, is_read: false }

const without = <T extends Entry>(entries: readonly T[], id: string): T[] => entries.filter((entry) => entry.id !== id)
const withEntry = <T extends Entry>(entries: readonly T[], entry: T): T[] => [...without(entries, entry.id), entry]

/** What is kept after something happened, in this tab or another. */
export function after(kept: Kept, event: LearnerEvent): Kept {
  switch (event.kind) {
    case 'added':
      return { ...kept, waiting: withEntry(kept.waiting, event.entry) }
    case 'sent':
      return { ...kept, waiting: without(kept.waiting, event.entry.id), trouble: null }
    case 'set_aside':
      return { ...kept, waiting: without(kept.waiting, event.entry.id), set_aside: withEntry(kept.set_aside, event.entry), trouble: null }
    case 'waiting':
      return { ...kept, trouble: 'unreachable' }
    case 'signed_out':
      return { ...kept, trouble: 'signed_out' }
  }
}

/** The steps that a learner marked as done and the server does not know of yet. */
export const stepsKept = ({ waiting }: Kept): string[] =>
  waiting.flatMap((entry) => (entry.name === 'complete' ? [(entry.sent.body as { step_id: string }).step_id] : []))
