import { callable_languages, type QuestionContent, type QuestionSpecInput, questionKinds } from '@gradus/contract/questions'
import { languages as everyLanguage, type Language } from '@gradus/contract/words'

/**
 * A question as it stands on the author's page. Tests of every kind have the same fields, as text, because a half-typed JSON
 * value must be keepable; `contentOf` makes the contract's shape of it and says what cannot be.
 */
export type Kind = 'io' | 'function' | 'unit' | 'external' | 'file'
/** Kinds whose tests our own sandboxes run, one by one. */
export type TestedKind = Exclude<Kind, 'external' | 'file'>

export interface DraftTest {
  key: string
  name: string
  points: number
  is_hidden: boolean
  time_ms: number
  memory_mb: number
  output_kb: number
  /** io: stdin; function: the arguments as a JSON array; unit: the name of the test in the test file; external and file: what graders are told. */
  input: string
  /** io: what is printed; function: the value as JSON; the others: nothing. */
  expected: string
}

export interface DraftPart {
  starter: string
  reference: string
  test_file: string
  compiler_flags: string
}

export interface DraftComparator {
  kind: 'exact' | 'tokens' | 'float' | 'checker' | 'equal'
  ignore_case: boolean
  absolute: number
  relative: number
  checker_language: Language
  checker_source: string
}

/** What only questions of external graders have. */
export interface DraftExternal {
  queue: string
  /** The one test: its points, and whether learners may try without an attempt. */
  test: DraftTest
}

/** What only questions that take a file have. */
export interface DraftFile {
  max_bytes: number
  allowed_types: string[]
  /** The one test: its points, and in `input` what graders are told. */
  test: DraftTest
}

export interface QuestionDraft {
  title: string
  statement_markdown: string
  kind: Kind
  function_name: string
  comparator: DraftComparator
  /** Languages students may use. */
  offered: Language[]
  /** The code in each language, also in those that are not offered now: taking one out and back in loses nothing. */
  parts: Partial<Record<Language, DraftPart>>
  /** The tests that run here; questions that are graded elsewhere keep them for a change back. */
  tests: DraftTest[]
  /** Both absent in what older pages kept on a device. */
  external?: DraftExternal
  file?: DraftFile
}

export const emptyPart: DraftPart = { starter: '', reference: '', test_file: '', compiler_flags: '' }

const plainComparator: DraftComparator = {
  kind: 'exact',
  ignore_case: false,
  absolute: 0,
  relative: 0,
  checker_language: 'python',
  checker_source: '',
}

/** As many tests as the contract takes. */
export const MAX_TESTS = 200

/** A key no other test of the draft has. */
export function freshKey(tests: readonly DraftTest[]): string {
  const taken = new Set(tests.map((test) => test.key))
  for (let n = tests.length + 1; ; n++) if (!taken.has(`t${n}`)) return `t${n}`
}

export function newTest(tests: readonly DraftTest[]): DraftTest {
  const last = tests.at(-1)
  const { points = 1, time_ms = 2_000, memory_mb = 256, output_kb = 64 } = last ?? {}
  return { key: freshKey(tests), name: `Test ${tests.length + 1}`, points, is_hidden: false, time_ms, memory_mb, output_kb, input: '', expected: '' }
}

const emptyExternal: DraftExternal = { queue: '', test: { ...newTest([]), key: 'grader', name: 'External grader' } }

export const externalOf = (draft: QuestionDraft): DraftExternal => draft.external ?? emptyExternal

const emptyFile: DraftFile = { max_bytes: 3_145_728, allowed_types: [], test: { ...newTest([]), key: 'file', name: 'File', points: 10 } }

export const fileOf = (draft: QuestionDraft): DraftFile => draft.file ?? emptyFile

/** The tests of a draft's present kind. */
export const testsOf = (draft: QuestionDraft): DraftTest[] =>
  draft.kind === 'external' ? [externalOf(draft).test] : draft.kind === 'file' ? [fileOf(draft).test] : draft.tests

/** Whether something read back from this device is a draft as this page writes them. */
export function isQuestionDraft(value: unknown): value is QuestionDraft {
  if (typeof value !== 'object' || value === null) return false
  const { title, statement_markdown, kind, function_name, comparator, offered, parts, tests, external, file } = value as Partial<QuestionDraft>
  const areTexts = [title, statement_markdown, function_name].every((each) => typeof each === 'string')
  const areThings = [comparator, parts].every((each) => typeof each === 'object' && each !== null)
  const isKnown = questionKinds.some((each) => each === kind)
  const isTest = (test: DraftTest): boolean => typeof test?.key === 'string' && typeof test.input === 'string' && typeof test.expected === 'string'
  const isExternal = external === undefined || (typeof external?.queue === 'string' && isTest(external.test))
  const isFile = file === undefined || (typeof file?.max_bytes === 'number' && Array.isArray(file.allowed_types) && isTest(file.test))
  return areTexts && areThings && isKnown && isExternal && isFile && Array.isArray(offered) && Array.isArray(tests) && tests.every(isTest)
}

export const emptyDraft = (): QuestionDraft => ({
  title: '',
  statement_markdown: '',
  kind: 'io',
  function_name: '',
  comparator: plainComparator,
  offered: ['python'],
  parts: { python: emptyPart },
  tests: [newTest([])],
})

/** The author's form of a stored version. */
export function draftOf({ title, statement_markdown, spec }: QuestionContent): QuestionDraft {
  const comparator = 'comparator' in spec ? { ...plainComparator, ...comparatorFields(spec.comparator) } : plainComparator
  const parts = Object.fromEntries(
    Object.entries(spec.languages).map(([language, part]) => [
      language,
      {
        starter: part.starter,
        reference: part.reference,
        test_file: 'test_file' in part ? part.test_file : '',
        compiler_flags: part.compiler_flags.join(' '),
      },
    ]),
  ) as QuestionDraft['parts']
  const tests = spec.tests.map((test): DraftTest => {
    const { key, name, points, is_hidden, time_ms, memory_mb, output_kb } = test
    const base = { key, name, points, is_hidden, time_ms, memory_mb, output_kb }
    if ('stdin' in test) return { ...base, input: test.stdin, expected: test.expected_stdout }
    if ('args' in test) return { ...base, input: JSON.stringify(test.args), expected: JSON.stringify(test.expected) }
    return {
      ...base,
      input: 'test_name' in test ? test.test_name : 'grader_payload' in test ? test.grader_payload : test.grading_notes,
      expected: '',
    }
  })
  const offered = everyLanguage.filter((language) => parts[language] !== undefined)
  const function_name = spec.kind === 'function' ? spec.function_name : ''
  const draft = { title, statement_markdown, kind: spec.kind, function_name, comparator, offered, parts } as const
  const test = tests[0]!
  if (spec.kind === 'external') return { ...draft, tests: [newTest([])], external: { queue: spec.queue, test } }
  if (spec.kind !== 'file') return { ...draft, tests }
  const { max_bytes, allowed_types } = spec
  return { ...emptyDraft(), title, statement_markdown, kind: 'file', file: { max_bytes, allowed_types, test } }
}

type AnyComparator = {
  kind: DraftComparator['kind']
  ignore_case?: boolean
  absolute?: number
  relative?: number
  language?: Language
  source?: string
}

const comparatorFields = ({ kind, ignore_case, absolute, relative, language, source }: AnyComparator): Partial<DraftComparator> => ({
  kind,
  ...(ignore_case === undefined ? {} : { ignore_case }),
  ...(absolute === undefined ? {} : { absolute }),
  ...(relative === undefined ? {} : { relative }),
  ...(language === undefined ? {} : { checker_language: language }),
  ...(source === undefined ? {} : { checker_source: source }),
})

/** Languages in which questions of a kind can be graded. */
export const languagesOf = (kind: Kind): readonly Language[] =>
  kind === 'io' || kind === 'external' || kind === 'file' ? everyLanguage : everyLanguage.filter((language) => callable_languages.includes(language))

/** Changes the kind and what depends on it; texts stay, so that changing back loses nothing. */
export function withKind(draft: QuestionDraft, kind: Kind): QuestionDraft {
  const isFunction = kind === 'function'
  const { kind: compare } = draft.comparator
  const fits =
    kind === 'unit' || kind === 'external' || kind === 'file' || (isFunction ? compare === 'equal' || compare === 'float' : compare !== 'equal')
  const offered = draft.offered.filter((language) => languagesOf(kind).includes(language))
  return {
    ...draft,
    kind,
    comparator: fits ? draft.comparator : { ...draft.comparator, kind: isFunction ? 'equal' : 'exact' },
    offered: offered.length === 0 ? ['python'] : offered,
  }
}

/** What stops a draft from being saved, by place: "tests.2.input" -> a sentence. */
export type DraftProblems = Record<string, string>

/** The contract's shape of a draft, or what is wrong with it. The server checks everything again. */
export function contentOf(
  draft: QuestionDraft,
): { content: { title: string; statement_markdown: string; spec: QuestionSpecInput } } | { problems: DraftProblems } {
  const problems: DraftProblems = {}
  // An expected value may come later, from the reference; until then it is null.
  const json = (text: string, place: string, must_be_array: boolean): unknown => {
    if (text.trim() === '') return must_be_array ? [] : null
    try {
      const value: unknown = JSON.parse(text)
      if (must_be_array && !Array.isArray(value)) problems[place] = 'Write the arguments as a JSON array, for example [2, "abc"].'
      return value
    } catch {
      problems[place] = must_be_array
        ? 'Write the arguments as a JSON array, for example [2, "abc"].'
        : 'This is not valid JSON. Text needs double quotes.'
      return null
    }
  }
  const base = ({ key, name, points, is_hidden, time_ms, memory_mb, output_kb }: DraftTest) => ({
    key,
    name,
    points,
    is_hidden,
    time_ms,
    memory_mb,
    output_kb,
  })
  const flags = (part: DraftPart): string[] => part.compiler_flags.split(/\s+/).filter((flag) => flag !== '')
  const languages = Object.fromEntries(
    draft.offered.map((language) => {
      const part = draft.parts[language] ?? emptyPart
      const { starter, reference, test_file } = part
      return [language, { starter, reference, compiler_flags: flags(part), ...(draft.kind === 'unit' ? { test_file } : {}) }]
    }),
  )
  if (draft.title.trim() === '') problems.title = 'Give the question a title.'
  if (draft.kind === 'function' && !/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(draft.function_name))
    problems.function_name = 'Name the function that is called: letters, digits and underscores, not beginning with a digit.'
  testsOf(draft).forEach((test, i) => {
    if (test.name.trim() === '') problems[`tests.${i}.name`] = 'Every test needs a name.'
    if (draft.kind === 'unit' && test.input.trim() === '') problems[`tests.${i}.input`] = 'Name the test in the test file that this stands for.'
  })
  const { comparator: c } = draft
  let spec: QuestionSpecInput
  if (draft.kind === 'io') {
    const comparator =
      c.kind === 'tokens'
        ? { kind: 'tokens' as const, ignore_case: c.ignore_case }
        : c.kind === 'float'
          ? { kind: 'float' as const, absolute: c.absolute, relative: c.relative }
          : c.kind === 'checker'
            ? { kind: 'checker' as const, language: c.checker_language, source: c.checker_source }
            : { kind: 'exact' as const }
    spec = {
      kind: 'io',
      comparator,
      languages,
      tests: draft.tests.map((test) => ({ ...base(test), stdin: test.input, expected_stdout: test.expected })),
    }
  } else if (draft.kind === 'function') {
    const comparator = c.kind === 'float' ? { kind: 'float' as const, absolute: c.absolute, relative: c.relative } : { kind: 'equal' as const }
    const tests = draft.tests.map((test, i) => ({
      ...base(test),
      args: json(test.input, `tests.${i}.input`, true) as never[],
      expected: json(test.expected, `tests.${i}.expected`, false) as never,
    }))
    spec = { kind: 'function', function_name: draft.function_name, comparator, languages, tests }
  } else if (draft.kind === 'external') {
    const { queue, test } = externalOf(draft)
    if (queue === '') problems.queue = 'Choose the queue whose graders grade this question.'
    spec = { kind: 'external', queue, languages, tests: [{ ...base(test), grader_payload: test.input }] }
  } else if (draft.kind === 'file') {
    const { max_bytes, allowed_types, test } = fileOf(draft)
    spec = { kind: 'file', max_bytes, allowed_types, tests: [{ ...base(test), grading_notes: test.input }] }
  } else {
    spec = { kind: 'unit', languages: languages as never, tests: draft.tests.map((test) => ({ ...base(test), test_name: test.input })) }
  }
  if (Object.keys(problems).length > 0) return { problems }
  return { content: { title: draft.title, statement_markdown: draft.statement_markdown, spec } }
}
