import type { Entry, SetAside } from '@gradus/client/outbox'
import type { Language } from '@gradus/contract/words'
import { useState } from 'react'
import { discard, keptNow, presentOutbox, useKept, useOutboxEvent } from '../outbox/outbox.ts'
import type { Question } from './question.ts'

export type HandInPhase =
  | { phase: 'idle' }
  | { phase: 'sending' }
  /** No answer came: it may have arrived or not. It is sent again, under the same key, until an answer comes. */
  | { phase: 'unsure' }
  /** Kept, until its learner has signed in again. */
  | { phase: 'signed_out' }
  | { phase: 'refused'; refused: SetAside }

export interface HandIn {
  state: HandInPhase
  handIn: (language: Language, code: string) => void
}

/**
 * Hands in exactly once per ask, through the outbox: written down before it is sent, and sent over retries, reloads and crashes until the
 * server has answered. `onAccepted` gets the submission's id once it is durable there, whichever tab sent it.
 */
export function useHandIn(question: Pick<Question, 'id' | 'title'>, onAccepted: (submission_id: string) => void): HandIn {
  const kept = useKept()
  // From asking until the outbox has it: pressing twice is one hand-in.
  const [isAsking, setIsAsking] = useState(false)
  const isMine = (entry: Entry): boolean =>
    entry.name === 'hand_in' && (entry.sent.params as { assignment_question_id: string }).assignment_question_id === question.id
  useOutboxEvent((event) => {
    if (event.kind === 'sent' && event.name === 'hand_in' && isMine(event.entry)) onAccepted(event.reply.id)
  })
  const refused = kept.set_aside.findLast(isMine)
  const state = ((): HandInPhase => {
    if (kept.waiting.some(isMine))
      return kept.trouble === null ? { phase: 'sending' } : { phase: kept.trouble === 'signed_out' ? 'signed_out' : 'unsure' }
    if (isAsking) return { phase: 'sending' }
    return refused === undefined ? { phase: 'idle' } : { phase: 'refused', refused }
  })()
  const handIn = async (language: Language, code: string) => {
    if (isAsking || keptNow().waiting.some(isMine)) return
    setIsAsking(true)
    try {
      // What was refused before has been read by now, and this one takes its place.
      for (const old of keptNow().set_aside.filter(isMine)) await discard(old.id)
      const sent = { params: { assignment_question_id: question.id }, body: { language, code, client: 'web' } }
      await presentOutbox().add('hand_in', sent, question.title)
    } finally {
      setIsAsking(false)
    }
  }
  return { state, handIn: (language, code) => void handIn(language, code) }
}
