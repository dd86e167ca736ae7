import { compareValue } from '@gradus/problem/compare'
import type { ValueComparator, Verdict } from '@gradus/problem/spec'

/** What the output of a program that ended well is worth. */
export interface Judgement {
  verdict: Verdict
  differs_at_line?: number | null
  /** The value that came back, as the program wrote it. */
  got?: string
  message?: string
}

/**
 * Judges what the `function` harness wrote. A program that ended, by its own exit 0, before its function returned has
 * not answered: that is a runtime error. Whatever else it wrote is data: it can be the right answer or not.
 */
export function judgeCall(comparator: ValueComparator, expected: unknown, stdout: Uint8Array): Judgement {
  const answer = jsonObject(stdout)
  if (typeof answer?.unrepresentable === 'string') {
    return { verdict: 'wrong_answer', message: `What the function returned cannot be compared: ${answer.unrepresentable}` }
  }
  if (!answer || !Object.hasOwn(answer, 'value')) return { verdict: 'runtime_error', message: 'The program ended before the function returned.' }
  const { verdict, differs_at } = compareValue(comparator, expected, answer.value)
  // The text as it came: writing an answer nested 100,000 levels deep anew would overflow our own stack.
  const got = valueText(stdout)
  return { verdict, got, ...(differs_at !== null && differs_at !== '' && { message: `The value differs at ${differs_at}` }) }
}

/** Judges what the `unit` harness wrote: an answer counts only with the nonce of this run. */
export function judgeUnit(nonce: string, test_name: string, stdout: Uint8Array): Judgement {
  const answer = jsonObject(stdout)
  if (answer?.nonce !== nonce) return { verdict: 'runtime_error', message: 'The program ended before the test did.' }
  if (answer.missing === true) return { verdict: 'internal_error', message: `The test file of this question has no test named ${test_name}.` }
  if (answer.passed === true) return { verdict: 'accepted' }
  return { verdict: 'wrong_answer', message: typeof answer.message === 'string' ? answer.message : '' }
}

function jsonObject(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

/** `{"value": 3}` without what is around the value. */
function valueText(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes).trim()
  return text.replace(/^\{\s*"value"\s*:\s*/, '').replace(/\}$/, '')
}
