import { randomInt } from 'node:crypto'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** A new join code: 6 of A-Z and 0-9 (R76), 31 bits, drawn evenly. Guessing is stopped by counting failures, not by length. */
export const drawJoinCode = (): string => Array.from({ length: 6 }, () => letters[randomInt(letters.length)]).join('')

/** What was typed, as codes are stored: case, spaces and any kind of dash do not matter. */
export const normalJoinCode = (typed: string): string => typed.replace(/[\s\p{Dash}]/gu, '').toUpperCase()

export interface JoinCodeState {
  max_uses: number | null
  uses: number
  expires_at: string | null
  disabled_at: string | null
}

/** Whether a code lets anybody in at `now`. It ends at the very instant `expires_at`. */
export const isOpen = (code: JoinCodeState, now: string): boolean =>
  code.disabled_at === null &&
  (code.max_uses === null || code.uses < code.max_uses) &&
  (code.expires_at === null || Date.parse(now) < Date.parse(code.expires_at))
