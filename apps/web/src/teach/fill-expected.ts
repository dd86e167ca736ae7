import type { Outcome } from '@gradus/contract/submissions'
import type { DraftTest, QuestionDraft } from './question-draft.ts'

/**
 * The draft's tests with the expected outcome the reference produced, where it ended well and all of its output is known. A test
 * whose expected outcome is as it was stays untouched.
 */
export function filledFrom(draft: QuestionDraft, outcome: Outcome): { tests: DraftTest[]; changed: number } {
  let changed = 0
  const tests = draft.tests.map((test) => {
    const got = outcome.tests.find((each) => each.key === test.key)
    if (got === undefined || (got.verdict !== 'wrong_answer' && got.verdict !== 'presentation_error')) return test
    const value = draft.kind === 'io' ? got.detail.stdout : draft.kind === 'function' ? got.detail.got : undefined
    if (value === undefined || got.detail.is_truncated === true || value === test.expected) return test
    changed++
    return { ...test, expected: value }
  })
  return { tests, changed }
}
