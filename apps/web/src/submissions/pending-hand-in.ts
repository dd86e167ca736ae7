import { newIdempotencyKey } from '@gradus/client/client'
import type { Language } from '@gradus/contract/words'
import type { Store } from './kept-code.ts'

/**
 * A hand-in that was asked for and whose answer has not come. It is written down before the first byte is sent, so that
 * a retry, a reload or a crashed browser repeats the same idempotency key and never makes two attempts of one (R65).
 */
export interface PendingHandIn {
  idempotency_key: string
  language: Language
  code: string
  asked_at: string
}

/** A pending hand-in this young is sent again by itself when the page opens; an older one asks first. */
export const RESUME_MS = 15 * 60_000

const keyOf = (user_id: string, assignment_question_id: string): string => `gradus.hand-in.${user_id}.${assignment_question_id}`

/** The pending hand-in of a question, or null. Never throws. */
export function readPending(store: Store, user_id: string, assignment_question_id: string): PendingHandIn | null {
  try {
    const value: unknown = JSON.parse(store.getItem(keyOf(user_id, assignment_question_id)) ?? 'null')
    if (typeof value !== 'object' || value === null) return null
    const { idempotency_key, language, code, asked_at } = value as Partial<PendingHandIn>
    if (typeof idempotency_key !== 'string' || typeof language !== 'string' || typeof code !== 'string' || typeof asked_at !== 'string') return null
    return { idempotency_key, language, code, asked_at }
  } catch {
    return null
  }
}

/**
 * Writes a hand-in down before it is sent. The same code in the same language keeps the key it has: pressing twice is one
 * hand-in. Where storage is blocked the key lives only as long as the page.
 */
export function beginHandIn(
  store: Store,
  user_id: string,
  assignment_question_id: string,
  language: Language,
  code: string,
  now: Date,
): PendingHandIn {
  const before = readPending(store, user_id, assignment_question_id)
  if (before !== null && before.language === language && before.code === code) return before
  const pending: PendingHandIn = { idempotency_key: newIdempotencyKey(), language, code, asked_at: now.toISOString() }
  try {
    store.setItem(keyOf(user_id, assignment_question_id), JSON.stringify(pending))
  } catch {
    // The hand-in itself must not fail because this browser keeps nothing.
  }
  return pending
}

/** Forgets it: the server has answered, with a receipt or a refusal. */
export function endHandIn(store: Store, user_id: string, assignment_question_id: string): void {
  try {
    store.removeItem(keyOf(user_id, assignment_question_id))
  } catch {
    // Nothing could be kept, so nothing has to go.
  }
}
