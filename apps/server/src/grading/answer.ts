/** What a grader said of a hand-in, as far as it can be understood. */
export type Answer =
  | { kind: 'scored'; is_correct: boolean; score: number; msg: string }
  /** No JSON object, or one without a score: nothing that we could read, but an LMS may (conformance table, row 28). */
  | { kind: 'opaque' }
  /** A score that is none. `why` is a sentence for the learner and for staff. */
  | { kind: 'refused'; why: string }

/** The most that a score can be stored as: numeric(12, 4). */
const MAX_SCORE = 99_999_999

/**
 * Reads a grader's answer `{correct, score, msg}`. Python writes NaN and Infinity into its JSON; they are read as what they are, so
 * that they can be refused instead of being taken for text (xqueue.md section 6 rule 15).
 */
export function readAnswer(body: string): Answer {
  const value = parseLoosely(body)
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !('score' in value)) return { kind: 'opaque' }
  const { score, correct, msg } = value as Record<string, unknown>
  if (score === NOT_A_NUMBER) return refused('is not a number')
  if (typeof score !== 'number') return refused(`is ${score === null ? 'null' : `a ${typeof score}`} instead of a number`)
  if (score < 0) return refused('is negative')
  if (score > MAX_SCORE) return refused('is larger than any score can be')
  return { kind: 'scored', is_correct: correct === true, score, msg: typeof msg === 'string' ? msg : '' }
}

/** The same for a hand-in whose points are known: a score above them is refused. */
export function readAnswerOf(body: string, points_possible: number): Exclude<Answer, { kind: 'opaque' }> {
  const answer = readAnswer(body)
  if (answer.kind === 'opaque') return { kind: 'refused', why: 'The grader’s answer has no score.' }
  if (answer.kind === 'scored' && answer.score > points_possible) return refused(`is ${answer.score}, and ${points_possible} points are possible`)
  return answer
}

const refused = (how: string): { kind: 'refused'; why: string } => ({ kind: 'refused', why: `The grader’s score ${how}.` })

const NOT_A_NUMBER = Symbol('not a number')

function parseLoosely(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    if (!/NaN|Infinity/.test(body)) return undefined
  }
  const mark = `not a number ${crypto.randomUUID()}`
  try {
    return JSON.parse(withMarks(body, `"${mark}"`), (_, value: unknown) => (value === mark ? NOT_A_NUMBER : value))
  } catch {
    return undefined
  }
}

/** The text with `mark` for every NaN and Infinity that stands outside of strings. Reads it once: it comes from a stranger. */
function withMarks(text: string, mark: string): string {
  const parts: string[] = []
  let from = 0
  for (let at = 0; at < text.length; ) {
    const char = text[at]!
    if (char === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++
      at++
      continue
    }
    const word = ['NaN', 'Infinity', '-Infinity'].find((one) => text.startsWith(one, at))
    if (word === undefined) {
      at++
      continue
    }
    parts.push(text.slice(from, at), mark)
    at += word.length
    from = at
  }
  parts.push(text.slice(from))
  return parts.join('')
}
