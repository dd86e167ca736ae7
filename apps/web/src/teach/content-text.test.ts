import { questionContent } from '@gradus/contract/questions'
import { expect, test } from 'vitest'
import { contentText } from './content-text.ts'

const content = questionContent.parse({
  title: 'Sum',
  statement_markdown: 'Add.\n',
  spec: {
    kind: 'io',
    comparator: { kind: 'exact' },
    languages: { python: { starter: '', reference: 'print("a\\n")\n' } },
    tests: [{ key: 'a', name: 'small', points: 2, stdin: '1 2\n', expected_stdout: '3\n' }],
  },
})

test('a question of an external grader says its queue and what the grader is told, and no limits', () => {
  const tests = [{ key: 'grader', name: 'External grader', points: 5, grader_payload: '{"a": 1}' }]
  const said = contentText(questionContent.parse({ title: 'Lab', spec: { kind: 'external', queue: 'lab', languages: { c: {} }, tests } }))
  expect(said).toContain('Queue: lab\n')
  expect(said).toContain('External grader (grader): 5 points, visible\n  Told to the grader:\n    {"a": 1}\n')
})

test('code and texts stand as they are written, and a changed test shows at its test', () => {
  const before = contentText(content)
  expect(before).toContain('    print("a\\n")\n')
  expect(before).toContain('Test 1, small (a): 2 points, visible, 2000 ms, 256 MB, 64 KB\n  Input:\n    1 2\n')
  const after = contentText(questionContent.parse(JSON.parse(JSON.stringify(content).replace('"3\\n"', '"4\\n"'))))
  const changed = after.split('\n').filter((line, at) => line !== before.split('\n')[at])
  expect(changed).toEqual(['    4'])
})
