import { backoff, isPassing } from '@gradus/client/retry'
import { getAssignment, getAssignmentQuestion, getCourse, getStep, listCourses } from '@gradus/contract/courses'
import { listMySubmissions, submit } from '@gradus/contract/submissions'
import type { Language } from '@gradus/contract/words'
import { useCallback, useEffect, useRef, useState } from 'react'
import { renew } from '../api/calls.ts'
import { client } from '../api/client.ts'
import { isProblem } from '../api/problem.ts'
import { pause } from '../ui/pause.ts'
import { beginHandIn, endHandIn, type PendingHandIn, RESUME_MS, readPending } from './pending-hand-in.ts'

export type HandInPhase =
  | { phase: 'idle' }
  | { phase: 'sending' }
  /** No answer came: it may have arrived or not. It is sent again, under the same key, until an answer comes. */
  | { phase: 'unsure' }
  /** One from an earlier visit was never answered and is too old to be sent without asking. */
  | { phase: 'left_over'; pending: PendingHandIn }
  | { phase: 'refused'; error: unknown }

export interface HandIn {
  state: HandInPhase
  handIn: (language: Language, code: string) => void
  sendLeftOver: () => void
  dropLeftOver: () => void
  clear: () => void
}

/** Everything on other pages that a hand-in or its verdict changes. */
export const renewAfterGrading = (): Promise<void> => renew(getAssignmentQuestion, listMySubmissions, getAssignment, getStep, getCourse, listCourses)

/**
 * Hands in exactly once per ask: the key is written down before sending and stays until the server has answered,
 * over retries, reloads and crashes. `onAccepted` gets the submission's id once it is durable.
 */
export function useHandIn(user_id: string, assignment_question_id: string, onAccepted: (submission_id: string) => void): HandIn {
  const [state, setState] = useState<HandInPhase>({ phase: 'idle' })
  const accepted = useRef(onAccepted)
  accepted.current = onAccepted
  const running = useRef<AbortController | null>(null)

  const send = useCallback(
    async (pending: PendingHandIn) => {
      if (running.current !== null) return
      const control = new AbortController()
      running.current = control
      setState({ phase: 'sending' })
      for (let failures = 1; !control.signal.aborted; failures++) {
        try {
          const { language, code, idempotency_key } = pending
          const reply = await client.call(submit, {
            params: { assignment_question_id },
            body: { language, code, client: 'web' },
            idempotency_key,
            signal: control.signal,
          })
          endHandIn(localStorage, user_id, assignment_question_id)
          setState({ phase: 'idle' })
          accepted.current(reply.id)
          void renewAfterGrading()
          break
        } catch (error) {
          if (control.signal.aborted) break
          if (!isPassing(error)) {
            // Signed out meanwhile: the hand-in stays written down and goes out after signing in. Any other refusal stored nothing.
            if (!isProblem(error, 'sign_in_required')) endHandIn(localStorage, user_id, assignment_question_id)
            setState({ phase: 'refused', error })
            break
          }
          setState({ phase: 'unsure' })
          await pause(backoff(failures, { base_ms: 2_000, max_ms: 20_000 }), control.signal)
        }
      }
      if (running.current === control) running.current = null
    },
    [user_id, assignment_question_id],
  )

  useEffect(() => {
    const pending = readPending(localStorage, user_id, assignment_question_id)
    if (pending !== null) {
      if (Date.now() - Date.parse(pending.asked_at) < RESUME_MS) void send(pending)
      else setState({ phase: 'left_over', pending })
    }
    return () => {
      running.current?.abort()
      running.current = null
    }
  }, [send, user_id, assignment_question_id])

  return {
    state,
    handIn: (language, code) => void send(beginHandIn(localStorage, user_id, assignment_question_id, language, code, new Date())),
    sendLeftOver: () => {
      if (state.phase === 'left_over') void send(state.pending)
    },
    dropLeftOver: () => {
      endHandIn(localStorage, user_id, assignment_question_id)
      setState({ phase: 'idle' })
    },
    clear: () => setState({ phase: 'idle' }),
  }
}
