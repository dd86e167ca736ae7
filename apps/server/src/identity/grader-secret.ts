import { createHmac, randomBytes } from 'node:crypto'

/** A new secret of 192 bits for a grading machine. */
export const drawGraderSecret = (): string => randomBytes(24).toString('base64url')

/**
 * What is stored of a grader's secret: HMAC-SHA-256 under the installation's key, for this account alone. Fast on purpose: an LMS
 * logs in for every hand-in, and a drawn secret has 192 bits that no guessing reaches (xqueue.md section 6 rule 4).
 */
export const hashGraderSecret = (key: Buffer, username: string, secret: string): Buffer =>
  createHmac('sha256', key).update(`${username}\n${secret}`).digest()
