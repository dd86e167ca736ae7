import type { TestReport } from '@gradus/contract/grading'
import type { TestDetail } from '@gradus/contract/submissions'
import { showText } from '@gradus/problem/detail'

/**
 * A test's detail as it can be stored and shown. A grader's word is untrusted: texts are cut to the contract's bound and
 * hold nothing that PostgreSQL cannot store or a terminal would obey.
 */
export function safeDetail(detail: TestReport['detail']): TestDetail {
  let is_truncated = detail.is_truncated ?? false
  const safe = Object.entries(detail).map(([name, value]) => {
    if (typeof value !== 'string') return [name, value]
    const shown = showText(value)
    is_truncated ||= shown.is_truncated
    return [name, shown.text]
  })
  return { ...Object.fromEntries(safe), ...(is_truncated ? { is_truncated } : {}) }
}

/** A longer text that keeps its length: U+0000 is the one character that PostgreSQL refuses. */
export const safeText = (text: string): string => text.replaceAll('\u0000', '\u2400')
