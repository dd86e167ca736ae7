import type { Question } from '../submissions/question.ts'
import { type DraftTest, fileOf, type QuestionDraft, testsOf } from './question-draft.ts'

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Input and expected outcome of a test as students get them: nothing of a hidden one. */
function shownOf(draft: QuestionDraft, test: DraftTest): { input: unknown; expected: unknown } {
  if (test.is_hidden) return { input: null, expected: null }
  if (draft.kind === 'io') return { input: test.input, expected: test.expected }
  if (draft.kind === 'function') return { input: parsed(test.input || '[]'), expected: parsed(test.expected || 'null') }
  return { input: draft.kind === 'unit' ? test.input : null, expected: null }
}

/** A draft in the shape in which the student's page gets a question, so that the author sees it with that page's own eyes. */
export function previewQuestion(draft: QuestionDraft): Question {
  const nowhere = '00000000-0000-0000-0000-000000000000'
  return {
    ...{
      id: nowhere,
      position: 0,
      course_id: nowhere,
      course_title: '',
      course_time_zone: 'UTC',
      step_id: nowhere,
      siblings: [],
      question_id: nowhere,
    },
    assignment: {
      ...{ id: nowhere, step_id: nowhere, course_id: nowhere, title: '', state: 'draft', opens_at: null, due_at: null, closes_at: null },
      ...{ max_attempts: null, graded_attempt: 'best', completion_ratio: 1, availability: 'open' },
    },
    version_number: 1,
    kind: draft.kind,
    title: draft.title,
    statement_markdown: draft.statement_markdown,
    function_name: draft.kind === 'function' ? draft.function_name : null,
    file: draft.kind === 'file' ? fileOf(draft) : null,
    languages: (draft.kind === 'file' ? [] : draft.offered).map((language) => ({
      language,
      starter: draft.parts[language]?.starter ?? '',
      has_grader: true,
    })),
    tests: testsOf(draft).map((test) => ({
      ...{ key: test.key, name: test.name, points: test.points, is_hidden: test.is_hidden, time_ms: test.time_ms, memory_mb: test.memory_mb },
      ...shownOf(draft, test),
    })),
    points_possible: testsOf(draft).reduce((sum, test) => sum + test.points, 0),
    ...{ attempts_used: 0, attempts_left: null, my_points: null },
  }
}
