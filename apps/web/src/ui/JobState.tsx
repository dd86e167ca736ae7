import type { JobState as State } from '@gradus/contract/queues'
import { IconArchive, IconArrowBarToDown, IconHourglass, IconRefresh, IconX } from '@tabler/icons-react'
import { type Look, LookBadge } from './Verdict.tsx'

/** A job's states as operators read them (R95): colour, icon and word together. */
export const jobLooks: Record<State, Look> = {
  failed: { word: 'Failed', color: 'red', icon: IconX },
  pending: { word: 'Pending', color: 'yellow', icon: IconHourglass },
  pulled: { word: 'Pulled', color: 'blue', icon: IconArrowBarToDown },
  retry: { word: 'Retry', color: 'orange', icon: IconRefresh },
  retired: { word: 'Retired', color: 'gray', icon: IconArchive },
}

export function JobState({ state, size }: { state: State; size?: 'sm' | 'md' | 'lg' }) {
  return <LookBadge look={jobLooks[state]} {...(size === undefined ? {} : { size })} />
}
