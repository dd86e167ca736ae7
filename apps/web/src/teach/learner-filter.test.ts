import type { LearnerLine } from '@gradus/contract/progress'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chosenLearners, filterOf, isAt, placeStates, progressOf, progressStates, sortedLearners, sortOf } from './learner-filter.ts'

const as_of = '2026-11-26T12:00:00.000Z'
const ago = (days: number): string => new Date(Date.parse(as_of) - days * 86_400_000).toISOString()
const steps = ['a', 'b', 'c'].map((step_id, i) => ({ step_id, module_id: i < 2 ? 'm1' : 'm2', title: step_id }))

function learner(touched: string, done: string, more: Partial<LearnerLine> = {}): LearnerLine {
  const completed_steps = [...done].filter((sign) => sign === '1').length
  return {
    ...{ user_id: touched + done, email: 'ada@example.org', display_name: 'Ada', role: 'student', per_module: [] },
    ...{ completed_steps, total_steps: done.length, progress_percent: (completed_steps / done.length) * 100, computed_progress_percent: 0 },
    ...{ enrolled_at: ago(60), last_active_at: ago(1), completed_at: null, certificate_issued_at: null, touched_steps: touched, done_steps: done },
    ...more,
  }
}
const names = (learners: readonly LearnerLine[]) => learners.map((each) => each.display_name)

describe('the address', () => {
  test('names a module, a step, a bucket, a state, an order', () => {
    expect(filterOf({ module: 'm1', at: 'completed', active: 'week', progress: 'begun', search: 'a' }, steps)).toEqual({
      ...{ search: 'a', active: 'week', progress: 'begun' },
      place: { ordinals: [0, 1], at: 'completed' },
    })
    expect(filterOf({ step: 'c', module: 'm1' }, steps).place).toEqual({ ordinals: [2], at: 'reached' })
    expect(sortOf({ sort: '-active' })).toBe('-active')
  })
  test('that means nothing filters nothing', () => {
    expect(filterOf({ module: 'gone', step: 'gone', at: 'x', active: 'x', progress: 'x' }, steps)).toEqual({
      ...{ search: '', active: null, progress: null, place: null },
    })
    expect(sortOf({ sort: 'x' })).toBe('name')
  })
})

test('R44: reached, completed and unfinished in a module and a step', () => {
  const at = (of: LearnerLine, ordinals: number[]) => placeStates.filter((state) => isAt(of, { ordinals, at: state }, as_of))
  expect(at(learner('110', '110'), [0, 1])).toEqual(['reached', 'completed'])
  expect(at(learner('110', '100'), [0, 1])).toEqual(['reached', 'unfinished'])
  expect(at(learner('110', '100'), [2])).toEqual([])
  expect(at(learner('000', '000'), [0, 1, 2])).toEqual([])
  // A module without steps is completed by nobody (R61).
  expect(at(learner('111', '111'), [])).toEqual([])
})

test('who stopped in a module did nothing later, is not through, and was idle for 14 days', () => {
  const stopped = (of: LearnerLine, ordinals: number[]) => isAt(of, { ordinals, at: 'stopped' }, as_of)
  expect(stopped(learner('110', '100', { last_active_at: ago(14) }), [0, 1])).toBe(true)
  expect(stopped(learner('110', '100', { last_active_at: ago(13.99) }), [0, 1])).toBe(false)
  expect(stopped(learner('111', '100', { last_active_at: ago(30) }), [0, 1])).toBe(false)
  expect(stopped(learner('111', '100', { last_active_at: ago(30) }), [2])).toBe(true)
  expect(stopped(learner('111', '111', { last_active_at: ago(30) }), [2])).toBe(false)
  expect(stopped(learner('000', '000', { last_active_at: null }), [0])).toBe(false)
})

test('search finds every word in name or address; the buckets are those of the figures', () => {
  const list = { as_of, learners: [learner('100', '000', { display_name: 'Ada Łukasiewicz', last_active_at: ago(7) }), learner('111', '111')] }
  const none = { search: '', active: null, progress: null, place: null }
  expect(names(chosenLearners(list, { ...none, search: 'example ŁUKA' }))).toEqual(['Ada Łukasiewicz'])
  expect(names(chosenLearners(list, { ...none, active: 'month' }))).toEqual(['Ada Łukasiewicz'])
  expect(names(chosenLearners(list, { ...none, progress: 'done' }))).toEqual(['Ada'])
  expect(chosenLearners(list, none)).toHaveLength(2)
})

test('every learner has one progress and the three share them out', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 6 }), (bits) => {
      const sign = (is: boolean) => (is ? '1' : '0')
      const one = learner(bits.map(([t]) => sign(t)).join(''), bits.map(([t, d]) => sign(t && d)).join(''))
      expect(progressStates.filter((state) => progressOf(one) === state)).toHaveLength(1)
    }),
  )
})

test('orders: never active comes first among the longest ago, equal ones stay', () => {
  const list = [
    learner('000', '000', { display_name: 'zoë', last_active_at: ago(3) }),
    learner('111', '111', { display_name: 'Ädam', last_active_at: null }),
    learner('110', '100', { display_name: 'adam 10', last_active_at: ago(1) }),
    learner('110', '100', { display_name: 'Adam 9', last_active_at: ago(2) }),
  ]
  expect(names(sortedLearners(list, 'name'))).toEqual(['Ädam', 'Adam 9', 'adam 10', 'zoë'])
  expect(names(sortedLearners(list, 'progress'))).toEqual(['zoë', 'adam 10', 'Adam 9', 'Ädam'])
  expect(names(sortedLearners(list, 'active'))).toEqual(['Ädam', 'zoë', 'Adam 9', 'adam 10'])
  expect(names(sortedLearners(list, '-active'))).toEqual(['adam 10', 'Adam 9', 'zoë', 'Ädam'])
})
