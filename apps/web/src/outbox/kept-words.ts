import type { Entry } from '@gradus/client/outbox'
import type { Kept } from './kept.ts'

const things = (count: number): string => (count === 1 ? '1 thing' : `${count} things`)

export interface KeptState {
  look: 'offline' | 'sending' | 'refused'
  sentence: string
  must_sign_in: boolean
}

/** What the shell says of what is kept on this device; null where all of it is with the server. */
export function keptState({ waiting, set_aside, trouble, is_refused }: Kept, is_online: boolean): KeptState | null {
  const refused = set_aside.length === 0 ? '' : `${things(set_aside.length)} the server refused.`
  const count = things(waiting.length)
  // The device itself refused: only the open page still has it.
  const where = is_refused ? 'kept in this page only: leave it open' : 'kept on this device'
  const joined = (sentence: string) => (refused === '' ? sentence : `${sentence} And ${refused}`)
  if (waiting.length === 0) return refused === '' ? null : { look: 'refused', sentence: `On this device: ${refused}`, must_sign_in: false }
  if (!is_online) return { look: 'offline', sentence: joined(`Offline: ${count} ${where}.`), must_sign_in: false }
  if (trouble === 'signed_out')
    return { look: 'offline', sentence: joined(`Not sent: ${count} ${where} until you sign in again.`), must_sign_in: true }
  if (trouble === 'unreachable')
    return { look: 'offline', sentence: joined(`The server does not answer: ${count} ${where}, sent again by itself.`), must_sign_in: false }
  return { look: 'sending', sentence: joined(is_refused ? `Sending ${count}, ${where}.` : `Sending ${count}…`), must_sign_in: false }
}

/** What an entry is, as people call it. */
export function entryWords({ name, label }: Pick<Entry, 'name' | 'label'>): string {
  const title = label === '' ? 'a step' : `“${label}”`
  if (name === 'hand_in') return `Hand in ${title}`
  return name === 'complete' ? `Mark ${title} as done` : 'Something that cannot be read any more'
}
