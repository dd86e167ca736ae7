import type { Outcome } from '@gradus/contract/submissions'
import type { DraftTest, QuestionDraft } from './question-draft.ts'

/** Results are cut to this many characters (contract): one that long may not be whole. */
const CUT = 4096

/**
 * The draft's tests with the expected outcome the reference produced, where it ended well and all of its output is known. A test
 * whose expected outcome is as it was stays untouched; `too_long` counts those whose output is not known to its end.
 */
export function filledFrom(draft: QuestionDraft, outcome: Outcome): { tests: DraftTest[]; changed: number; too_long: number } {
  let changed = 0
  let too_long = 0
  const tests = draft.tests.map((test) => {
    const got = outcome.tests.find((each) => each.key === test.key)
    if (got === undefined || (got.verdict !== 'wrong_answer' && got.verdict !== 'presentation_error')) return test
    const value = draft.kind === 'io' ? got.detail.stdout : draft.kind === 'function' ? got.detail.got : undefined
    if (value === undefined || value === test.expected) return test
    if (value.length >= CUT) {
      too_long++
      return test
    }
    changed++
    return { ...test, expected: value }
  })
  return { tests, changed, too_long }
}
