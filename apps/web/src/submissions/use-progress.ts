import { watch } from '@gradus/client/events'
import { type Progress, watchRun, watchSubmission } from '@gradus/contract/submissions'
import { useEffect, useRef, useState } from 'react'
import { client } from '../api/client.ts'

/** What the results strip shows: one of my attempts, or a trial run. */
export type Watched = { kind: 'submission' | 'run'; id: string }

export interface Live {
  progress: Progress | null
  /** The stream broke off and is being taken up again. */
  is_broken: boolean
  error: unknown
}

const nothing: Live = { progress: null, is_broken: false, error: null }

/** Follows a grading until its outcome, over lost connections; `onOutcome` is called with the last state. */
export function useProgress(watched: Watched | null, onOutcome: (progress: Progress, watched: Watched) => void): Live {
  const [live, setLive] = useState<Live & { of: Watched | null }>({ ...nothing, of: null })
  const told = useRef(onOutcome)
  told.current = onOutcome
  const kind = watched?.kind
  const id = watched?.id
  useEffect(() => {
    if (kind === undefined || id === undefined) return
    const of: Watched = { kind, id }
    const control = new AbortController()
    const { signal } = control
    const on_break = () => setLive((before) => ({ ...before, is_broken: true }))
    const events =
      kind === 'submission'
        ? watch(client, watchSubmission, { params: { submission_id: id }, signal }, { on_break })
        : watch(client, watchRun, { params: { run_id: id }, signal }, { on_break })
    const follow = async () => {
      for await (const progress of events) {
        if (signal.aborted) return
        setLive({ progress, is_broken: false, error: null, of })
        if (progress.outcome !== null) told.current(progress, of)
        // Staff have to act: nothing more comes over this stream.
        if (progress.state === 'needs_staff' || progress.state === 'handed_in') return
      }
    }
    follow().catch((error: unknown) => {
      if (!signal.aborted) setLive({ progress: null, is_broken: false, error, of })
    })
    return () => control.abort()
  }, [kind, id])
  return watched !== null && live.of?.id === watched.id ? live : nothing
}
