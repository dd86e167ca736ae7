import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { type QuestionSpec, questionContent } from '@gradus/contract/questions'
import { type Language, slug } from '@gradus/contract/words'
import { gradeProgram, type Sandboxes } from '@gradus/sandbox/grade'
import type { Sandbox } from '@gradus/sandbox/sandbox'
import { openWasmSandbox } from '@gradus/sandbox/wasm/open'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoCourse, demoQuestions } from './course.ts'
import { type DemoAssignment, type DemoMaterial, program } from './shapes.ts'

const steps = demoCourse.modules.flatMap((module) => module.steps)
const materials = steps.filter((step): step is DemoMaterial => step.kind === 'material')
const assignments = steps.filter((step): step is DemoAssignment => step.kind === 'assignment')
const parsed = demoQuestions.map((question) => ({ slug: question.slug, ...questionContent.parse(question.content) }))
const pointsOf = new Map(parsed.map((question) => [question.slug, question.spec.tests.reduce((sum, one) => sum + one.points, 0)]))

describe('the course', () => {
  test('has four modules, each with something to read and something to do', () => {
    expect(demoCourse.modules).toHaveLength(4)
    for (const module of demoCourse.modules) expect(new Set(module.steps.map((step) => step.kind))).toEqual(new Set(['material', 'assignment']))
    expect(slug.safeParse(demoCourse.slug).success).toBe(true)
  })

  test('places every question, and only questions that exist', () => {
    const placed = new Set(assignments.flatMap((assignment) => assignment.questions.map((question) => question.slug)))
    expect(new Set(demoQuestions.map((question) => question.slug))).toEqual(placed)
    expect(placed.size).toBe(demoQuestions.length)
    for (const name of placed) expect(slug.safeParse(name).success).toBe(true)
  })

  test('shows limited attempts, a due date, a single question, and one question with different points in two places (R68)', () => {
    expect(assignments.some((assignment) => assignment.max_attempts !== null)).toBe(true)
    expect(assignments.some((assignment) => assignment.due_in_hours !== null)).toBe(true)
    expect(assignments.some((assignment) => assignment.questions.length === 1)).toBe(true)
    const worth = new Map<string, Set<number>>()
    for (const one of assignments.flatMap((assignment) => assignment.questions)) {
      worth.set(one.slug, (worth.get(one.slug) ?? new Set()).add(one.points_override ?? pointsOf.get(one.slug)!))
    }
    expect([...worth.values()].some((points) => points.size > 1)).toBe(true)
  })

  test('never asks the same question twice in one assignment', () => {
    for (const { questions } of assignments) expect(new Set(questions.map((question) => question.slug)).size).toBe(questions.length)
  })
})

describe('the materials', () => {
  const pictures = (markdown: string) => [...markdown.matchAll(/!\[([^\]]*)\]\(([^)]*)\)/g)].map(([, alt, url]) => ({ alt: alt!, url: url! }))

  test('show pictures that are there, each described in words', () => {
    expect(materials.length).toBeGreaterThanOrEqual(4)
    for (const { body_markdown } of materials) {
      expect(pictures(body_markdown).length).toBeGreaterThan(0)
      for (const { alt, url } of pictures(body_markdown)) {
        expect(alt.length).toBeGreaterThan(30)
        expect(url).toMatch(/^\/demo\/pictures\/[a-z-]+\.svg$/)
        expect(existsSync(new URL(`..${url}`, import.meta.url)), url).toBe(true)
      }
    }
  })

  test('use every picture, and every picture follows the reader’s light or dark setting and runs nothing', () => {
    const used = new Set(materials.flatMap(({ body_markdown }) => pictures(body_markdown).map(({ url }) => url.slice('/demo/pictures/'.length))))
    expect(new Set(readdirSync(new URL('pictures', import.meta.url)))).toEqual(used)
    for (const name of used) {
      const picture = readFileSync(new URL(`pictures/${name}`, import.meta.url), 'utf8')
      expect(picture).toContain('prefers-color-scheme: dark')
      expect(picture).not.toMatch(/<script|\son[a-z]+=|href=|url\((?!#)/)
    }
  })
})

describe('the questions', () => {
  test('are at least sixteen and cover every kind and every comparator', () => {
    expect(parsed.length).toBeGreaterThanOrEqual(16)
    expect(new Set(parsed.map(({ spec }) => spec.kind))).toEqual(new Set(['io', 'function', 'unit']))
    const of = (kind: 'io' | 'function') => new Set(parsed.flatMap(({ spec }) => (spec.kind === kind ? [spec.comparator.kind] : [])))
    expect(of('io')).toEqual(new Set(['exact', 'tokens', 'float', 'checker']))
    expect(of('function')).toEqual(new Set(['equal', 'float']))
  })

  test.each(parsed)('$slug is whole', ({ statement_markdown, spec }) => {
    expect(statement_markdown.length).toBeGreaterThan(200)
    for (const part of Object.values(spec.languages)) {
      expect(part.starter).not.toBe('')
      expect(part.reference).not.toBe('')
      expect(part.starter).not.toBe(part.reference)
    }
    expect(spec.tests.some((one) => one.is_hidden)).toBe(true)
    expect(spec.tests.some((one) => !one.is_hidden)).toBe(true)
    expect(new Set(spec.tests.map((one) => one.name)).size).toBe(spec.tests.length)
    for (const one of spec.tests) expect(one).toMatchObject({ time_ms: 2_000, memory_mb: 256 })
    for (const one of spec.tests) expect(one.points).toBeGreaterThan(0)
  })

  test.each(parsed)('$slug names tests that its test files define', ({ spec }) => {
    if (spec.kind !== 'unit') return
    for (const [language, { test_file }] of Object.entries(spec.languages)) {
      const found = language === 'python' ? test_file.matchAll(/^def (test_\w+)\(\)/gm) : test_file.matchAll(/^test\('([^']+)'/gm)
      expect([...found].map(([, name]) => name)).toEqual(spec.tests.map((one) => one.test_name))
    }
  })
})

describe('in the portable sandbox', () => {
  let sandbox: Sandbox
  let sandboxes: Sandboxes
  beforeAll(async () => {
    sandbox = await openWasmSandbox()
    sandboxes = {
      for(language) {
        const found = sandbox.languages.find((one) => one.language === language)
        return found ? { sandbox, runtime: found.runtime } : null
      },
    }
  })
  afterAll(() => sandbox?.close())

  const programs = parsed.flatMap(({ slug, spec }) =>
    Object.entries(spec.languages).map(([language, part]) => ({ slug, spec, language: language as Language, part })),
  )
  const grade = async ({ spec, language }: (typeof programs)[number], code: string) =>
    (await gradeProgram(sandboxes, { language, code: new TextEncoder().encode(code), spec })).tests

  test.each(programs)('$slug in $language: the reference passes every test', async (one) => {
    const failed = (await grade(one, one.part.reference)).filter(({ verdict }) => verdict !== 'accepted')
    expect(failed).toEqual([])
  })

  test.each(programs)('$slug in $language: the starter runs, and fails a test that the learner can see', async (one) => {
    const visible = { ...one.spec, tests: one.spec.tests.filter((each) => !each.is_hidden) } as QuestionSpec
    const verdicts = new Set((await grade({ ...one, spec: visible }, one.part.starter)).map(({ verdict }) => verdict))
    verdicts.delete('accepted')
    expect(verdicts.size).toBeGreaterThan(0)
    expect(['skipped', 'internal_error', 'compile_error', 'time_limit'].filter((verdict) => verdicts.has(verdict as never))).toEqual([])
  })

  test('giving change is right in any order, and the checker says what is wrong', async () => {
    const coins = programs.find((one) => one.slug === 'coins' && one.language === 'python')!
    const smallestFirst = program`
      amount = int(input())
      given = []
      for coin in [50, 20, 10, 5, 2, 1]:
          while amount >= coin:
              given.insert(0, coin)
              amount = amount - coin
      print(*given)
    `
    expect((await grade(coins, smallestFirst)).map(({ verdict }) => verdict)).toEqual(coins.spec.tests.map(() => 'accepted'))
    const foolish = await grade(coins, 'print("3 coins 😀")')
    expect(foolish[0]).toMatchObject({ verdict: 'wrong_answer', detail: { message: expect.stringContaining('There is no such coin: 3') } })
  })
})
