import { bucketOf, rateColour } from '@gradus/contract/progress'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LearnerBits, OutlineRow } from './queries/dashboard.ts'
import { medianOf, statisticsOf } from './statistics.ts'

/** Modules by their number of steps. */
const outlineOf = (sizes: readonly number[]): OutlineRow[] =>
  sizes.flatMap((size, m) =>
    (size === 0 ? [null] : Array.from({ length: size }, (_, s) => `step ${m}.${s}`)).map((step_id, position) => ({
      ...{ module_id: `module ${m}`, module_position: m, module_title: `M${m}` },
      ...{ step_id, position, title: 'S', exercise_type: 'io' },
    })),
  )
const learner = (done: string | null, touched: string | null = done, idle_seconds: number | null = 0): LearnerBits => ({
  done,
  touched,
  idle_seconds,
})

test.each([
  [[40, 80], 60],
  [[10, 20, 30], 20],
  [[0, 0, 50, 100], 25],
  [[7], 7],
  [[], 0],
  [[100, 9, 20], 20],
])('R57 F3: the median of %j is %d', (values, median) => expect(medianOf(values)).toBe(median))

test('R57: half of the values lie on either side', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1 }), (values) => {
      const median = medianOf(values)
      return values.filter((v) => v < median).length * 2 <= values.length && values.filter((v) => v > median).length * 2 <= values.length
    }),
  )
})

const day = 86_400
test.each([
  [0, 'day'],
  [day - 0.001, 'day'],
  [day, 'week'],
  [7 * day - 0.001, 'week'],
  [7 * day, 'month'],
  [30 * day - 0.001, 'month'],
  [30 * day, 'older'],
  [1e9, 'older'],
  [null, 'never'],
  [-1, 'day'],
] as const)('R43: idle for %s s is %s', (idle, bucket) => expect(bucketOf(idle)).toBe(bucket))

test.each([
  [0.39999, 'red'],
  [0.396, 'red'],
  [0.4, 'amber'],
  [0.69999, 'amber'],
  [0.699, 'amber'],
  [0.7, 'green'],
  [1, 'green'],
  [0, 'red'],
  [null, 'neutral'],
] as const)('R48: a rate of %s is %s', (rate, colour) => expect(rateColour(rate)).toBe(colour))

describe('R42 R44 R45: the numbers', () => {
  test('R61: a module of three with two of them done is not complete; an empty one never is', () => {
    const { modules, summary } = statisticsOf(outlineOf([3, 0]), [learner('110'), learner('111')], [])
    expect(modules).toMatchObject([
      { step_count: 3, reached_learners: 2, completed_learners: 1, total_step_completions: 5 },
      { step_count: 0, reached_learners: 0, completed_learners: 0, steps: [] },
    ])
    expect(summary).toMatchObject({
      enrolled: 2,
      completed_course: 1,
      avg_progress_percent: expect.closeTo(250 / 3),
      median_progress_percent: expect.closeTo(250 / 3),
    })
  })

  test('nobody enrolled, no steps', () => {
    const none = { day: 0, week: 0, month: 0, older: 0, never: 0 }
    const zero = { completed_course: 0, avg_progress_percent: 0, median_progress_percent: 0 }
    expect(statisticsOf([], [], [])).toEqual({
      total_steps: 0,
      module_count: 0,
      modules: [],
      summary: { enrolled: 0, ...zero, last_active_distribution: none },
    })
    expect(statisticsOf([], [learner(null, null, null)], []).summary).toEqual({
      enrolled: 1,
      ...zero,
      last_active_distribution: { ...none, never: 1 },
    })
  })

  test('R45: pass rate is completed by attempts, null without attempts, at most 1, not rounded', () => {
    const sums = [
      { step_id: 'step 0.0', attempts: 3, avg_ratio: 0.5 },
      { step_id: 'step 0.1', attempts: 1, avg_ratio: null },
    ]
    const [module] = statisticsOf(outlineOf([3]), [learner('110', '111'), learner('010', '010')], sums).modules
    expect(
      module!.steps.map(({ attempts, completed, learners, avg_score, pass_rate }) => [attempts, completed, learners, avg_score, pass_rate]),
    ).toEqual([
      [3, 1, 1, 0.5, 1 / 3],
      [1, 2, 2, null, 1],
      [0, 0, 1, null, null],
    ])
  })

  test('R43 R55: whatever learners did, no count exceeds enrolled, buckets add up to it, completed is within reached', () => {
    const scene = fc.array(fc.nat({ max: 4 }), { maxLength: 5 }).chain((sizes) => {
      const n = sizes.reduce((a, b) => a + b, 0)
      const one = fc
        .tuple(
          fc.array(fc.boolean(), { minLength: n, maxLength: n }),
          fc.array(fc.boolean(), { minLength: n, maxLength: n }),
          fc.option(fc.nat({ max: 50 * day })),
        )
        .map(([t, d, idle]) => ({
          touched: t.map((bit) => (bit ? '1' : '0')).join(''),
          done: t.map((bit, i) => (bit && d[i] ? '1' : '0')).join(''),
          idle_seconds: idle,
        }))
      return fc.tuple(fc.constant(sizes), fc.array(one, { maxLength: 8 }))
    })
    fc.assert(
      fc.property(scene, ([sizes, learners]) => {
        const { summary, modules } = statisticsOf(outlineOf(sizes), learners, [])
        const buckets = Object.values(summary.last_active_distribution).reduce((a, b) => a + b, 0)
        expect(buckets).toBe(learners.length)
        expect(summary.completed_course).toBeLessThanOrEqual(summary.enrolled)
        for (const module of modules) {
          expect(module.completed_learners).toBeLessThanOrEqual(module.reached_learners)
          expect(module.reached_learners).toBeLessThanOrEqual(summary.enrolled)
          for (const step of module.steps) expect(step.completed).toBeLessThanOrEqual(step.learners)
        }
      }),
    )
  })
})
