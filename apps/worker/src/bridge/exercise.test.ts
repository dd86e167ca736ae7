import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { QuestionSpecInput } from '@gradus/contract/questions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BadPayload, readExercise } from './exercise.ts'

const spec: QuestionSpecInput = {
  kind: 'io',
  languages: { python: {}, c: {} },
  tests: [{ key: 't1', name: 'One', stdin: '', expected_stdout: '1\n' }],
}
const external: QuestionSpecInput = {
  kind: 'external',
  queue: 'elsewhere',
  languages: { python: {} },
  tests: [{ key: 't1', name: 'All', grader_payload: '' }],
}
const refusalOf = async (payload: unknown, questions: string | null = null): Promise<string> => {
  const error = await readExercise(payload, questions).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(BadPayload)
  return (error as BadPayload).message
}

describe('a question in the payload', () => {
  test('is read from text with the white space of course files, and from a value; defaults are filled in', async () => {
    const payload = { gradus: { language: 'python', spec } }
    for (const given of [`\n\t ${JSON.stringify(payload)}\n `, payload]) {
      const exercise = await readExercise(given, null)
      expect(exercise.language).toBe('python')
      expect(exercise.spec.tests[0]).toMatchObject({ points: 1, is_hidden: false, time_ms: 2_000, memory_mb: 256 })
    }
  })

  test.each<[string, unknown, string]>([
    ['no JSON', 'python', 'the payload is not JSON'],
    ['empty', '', 'the payload is not JSON'],
    ['missing', undefined, 'neither "gradus" nor "grader"'],
    ['a list', '[]', 'neither "gradus" nor "grader"'],
    ['a number', '1', 'neither "gradus" nor "grader"'],
    ['another grader’s', '{"problem": 7}', 'neither "gradus" nor "grader"'],
    ['no spec', { gradus: { language: 'python' } }, 'at gradus.spec'],
    ['an unknown language', { gradus: { language: 'cobol', spec } }, 'at gradus.language'],
    ['a language that is not asked', { gradus: { language: 'java', spec } }, 'not asked in java'],
    ['no tests', { gradus: { language: 'python', spec: { ...spec, tests: [] } } }, 'at gradus.spec.tests'],
    ['a word too much', { gradus: { language: 'python', spec, points: 3 } }, 'at gradus'],
    ['one for another queue', { gradus: { language: 'python', spec: external } }, 'external'],
  ])('is refused: %s', async (_, payload, words) => {
    expect(await refusalOf(payload)).toContain(words)
  })
})

describe('a question in a file', () => {
  let root: string
  let questions: string
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'gradus-questions-'))
    questions = join(root, 'questions')
    mkdirSync(join(questions, 'week-1'), { recursive: true })
    mkdirSync(join(root, 'questions-of-others'))
    const text = JSON.stringify({ language: 'python', spec })
    for (const path of ['questions/one.json', 'questions/week-1/two.json', 'outside.json', 'questions-of-others/three.json'])
      writeFileSync(join(root, path), text)
    writeFileSync(join(questions, 'broken.json'), '{')
    writeFileSync(join(questions, 'external.json'), JSON.stringify({ language: 'python', spec: external }))
    writeFileSync(join(questions, 'large.json'), ' '.repeat(8_388_609))
    symlinkSync(join(questions, 'one.json'), join(questions, 'inner.json'))
    symlinkSync(join(root, 'outside.json'), join(questions, 'leak.json'))
    symlinkSync(root, join(questions, 'up'))
    symlinkSync(join(root, 'questions-of-others'), join(questions, 'others'))
    symlinkSync(questions, join(root, 'by-link'))
  })
  afterAll(() => rmSync(root, { recursive: true }))

  test.each(['one.json', 'week-1/two.json', './one.json', 'inner.json'])('%s is found', async (grader) => {
    expect(await readExercise(JSON.stringify({ grader }), questions)).toMatchObject({ language: 'python' })
    expect(await readExercise(JSON.stringify({ grader }), join(root, 'by-link'))).toMatchObject({ language: 'python' })
  })

  test('the payload may choose among the languages of the file', async () => {
    expect(await readExercise({ grader: 'one.json', language: 'c' }, questions)).toMatchObject({ language: 'c' })
    expect(await refusalOf({ grader: 'one.json', language: 'java' }, questions)).toContain('not asked in java')
    expect(await refusalOf({ grader: 'one.json', language: 'cobol' }, questions)).toContain('at language')
  })

  // Each of these files exists and could be read: `/outside.json` is taken below the folder as well as above it.
  test.each([
    ['up and out', () => '../outside.json'],
    ['down, up and out', () => 'week-1/../../outside.json'],
    ['up and in again', () => '../questions/one.json'],
    ['up in another notation', () => '..\\outside.json'],
    ['absolute', () => join(root, 'outside.json')],
    ['absolute and inside', () => join(questions, 'one.json')],
    ['a drive', () => 'C:\\outside.json'],
    ['nothing', () => ''],
    ['a hidden end', () => 'one.json\0.txt'],
  ])('a name that is no name below the folder: %s', async (_, name) => {
    expect(await refusalOf({ grader: name() }, questions)).toContain('is not the name of a file below the questions folder')
  })

  test.each(['leak.json', 'up/outside.json', 'others/three.json'])('%s leads out by a link', async (grader) => {
    expect(await refusalOf({ grader }, questions)).toContain('leads out of the questions folder')
  })

  test.each([
    ['nowhere.json', 'there is no file'],
    ['week-1', 'is not a file'],
    ['.', 'leads out of'],
    ['broken.json', 'is not JSON'],
    ['large.json', 'more than 8388608 bytes'],
    ['external.json', 'external'],
  ])('%s: %s', async (grader, words) => {
    expect(await refusalOf({ grader }, questions)).toContain(words)
  })

  test('without a folder no file is read', async () => {
    expect(await refusalOf({ grader: 'one.json' }, null)).toContain('without --questions')
    expect(await refusalOf({ grader: 7 }, questions)).toContain('at grader')
  })

  test('a mended file counts at once', async () => {
    const path = join(questions, 'mended.json')
    writeFileSync(path, '{}')
    await refusalOf({ grader: 'mended.json' }, questions)
    writeFileSync(path, JSON.stringify({ language: 'c', spec }))
    expect(await readExercise({ grader: 'mended.json' }, questions)).toMatchObject({ language: 'c' })
  })
})
