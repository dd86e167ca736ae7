import { randomBytes } from 'node:crypto'
import type { Certificate } from '@gradus/contract/progress'

/** A certificate as it is stored, with the title that its course has now. */
export interface StoredCertificate {
  serial: string
  course_id: string
  course_title: string
  ratio: number
  step_count: number
  issued_at: string
  revoked_at: string | null
  revoke_reason: string | null
}

/** Crockford's base 32: no letter that can be read as another sign. */
const signs = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A new serial: 80 random bits, so that nobody finds other people's by trying. */
export const drawSerial = (): string => Array.from(randomBytes(16), (byte) => signs[byte % 32]).join('')

/** A serial as people type it: case, spaces and dashes do not matter, and O, I and L are the digits they look like. */
export const normalSerial = (typed: string): string =>
  typed
    .replace(/[\s\p{Dash}]/gu, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')

/** In four groups of four, as it is shown. */
export const shownSerial = (serial: string): string => serial.replace(/(.{4})(?=.)/g, '$1-')

/** The one rounding of a score in percent (R59): half up to one decimal place, in decimal and not in binary fractions. */
export const percentOf = (ratio: number): number => Math.round(Number(`${ratio.toFixed(12)}e3`)) / 10

/** A certificate in the contract's shape. */
export const certificateReply = ({ serial, ratio, ...stored }: StoredCertificate): Certificate => ({
  ...{ course_id: stored.course_id, course_title: stored.course_title, serial: shownSerial(serial), score: ratio, score_percent: percentOf(ratio) },
  ...{ step_count: stored.step_count, issued_at: stored.issued_at, revoked_at: stored.revoked_at, revoke_reason: stored.revoke_reason },
})
