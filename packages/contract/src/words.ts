import { z } from 'zod'

/** Shapes that every slice uses. Strings are bounded and free of U+0000, which PostgreSQL cannot store. */

export const id = z.uuid()
/** An instant as sent to the server, with any offset. The bounds keep clear of years that PostgreSQL or JavaScript write in forms the other cannot read. */
export const time = z.iso.datetime({ offset: true }).refine((s) => {
  const year = new Date(s).getUTCFullYear()
  return year >= 2000 && year < 3000
}, 'must lie in the years 2000 to 2999')
/** An instant as sent by the server: ISO 8601 in UTC. */
export const instant = z.iso.datetime()

/** A single line of text, 1 to `max` characters, trimmed of nothing: names are kept verbatim (D10). */
export const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must be one line without control characters')
    .refine((s) => s.trim() !== '', 'must not be blank')
/** Text of several lines, 0 to `max` characters. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((s) => !s.includes('\u0000'), 'must not contain U+0000')

export const slug = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters, digits and single hyphens')
export const email = z.email().max(254)

/** Points: a decimal with at most four places, 0 to 99,999. */
export const points = z
  .number()
  .min(0)
  .max(99_999)
  .refine((n) => Number.isInteger(Math.round(n * 1e8) / 1e4), 'must have at most four decimal places')
export const position = z.int().min(0).max(100_000)

export const page_size = z.coerce.number().int().min(1).max(200).default(50)
/** Opaque; taken from the `next_cursor` of the page before. */
export const cursor = z.string().max(200)

export const languages = ['python', 'javascript', 'c', 'cpp', 'java'] as const
export const language = z.enum(languages)
export type Language = z.infer<typeof language>

export const verdicts = [
  'accepted',
  'wrong_answer',
  'presentation_error',
  'time_limit',
  'memory_limit',
  'output_limit',
  'runtime_error',
  'compile_error',
  'skipped',
  'internal_error',
] as const
export const verdict = z.enum(verdicts)
export type Verdict = z.infer<typeof verdict>

/** The largest program a learner may hand in, in bytes (R65's answer limit). */
export const MAX_CODE_BYTES = 102_400
