import type { DraftProblems } from './question-draft.ts'

export const authorTabs = ['statement', 'code', 'tests', 'try', 'versions'] as const
export type AuthorTab = (typeof authorTabs)[number]

const testFields: Record<string, string> = {
  stdin: 'input',
  args: 'input',
  test_name: 'input',
  grader_payload: 'input',
  grading_notes: 'input',
  expected_stdout: 'expected',
}

/** The place on the author's page that a field of the request stands for: `content.spec.tests.2.stdin` is `tests.2.input`. */
export function placeOfField(path: string): string {
  const place = path.replace(/^content\./, '').replace(/^spec\./, '')
  const test = /^tests\.(\d+)\.([a-z_]+)/.exec(place)
  return test === null ? place : `tests.${test[1]}.${testFields[test[2]!] ?? test[2]!}`
}

/** What the server said of fields, by place. */
export const placesOf = (fields: Record<string, string>): DraftProblems =>
  Object.fromEntries(Object.entries(fields).map(([path, message]) => [placeOfField(path), message]))

/** The tab on which a place is. */
export function tabOfPlace(place: string): AuthorTab {
  if (/^(tests|queue$|max_bytes$|allowed_types)/.test(place)) return 'tests'
  return /^(function_name|comparator|languages)/.test(place) ? 'code' : 'statement'
}
