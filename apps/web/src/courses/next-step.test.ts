import { expect, test } from 'vitest'
import { neighbours, nextStep } from './next-step.ts'
import type { OutlineStep } from './use-course.ts'

const aStep = (id: string, more: Partial<OutlineStep> = {}): OutlineStep => ({
  id,
  position: 0,
  kind: 'assignment',
  title: id,
  state: 'published',
  assignment_id: id,
  opens_at: null,
  due_at: null,
  closes_at: null,
  availability: 'open',
  question_count: 1,
  points: null,
  points_possible: 10,
  my_state: 'not_started',
  ...more,
})
const aCourse = (...steps: OutlineStep[][]) => ({
  modules: steps.map((each, position) => ({ id: String(position), position, title: 'Module', steps: each })),
})

/** What the server says of steps: those named are done; materials are marked by their reader. */
const done =
  (...ids: string[]) =>
  (step_id: string) => ({ completed: ids.includes(step_id), is_self_marked: step_id.startsWith('m') })
const unknown = () => null

const now = new Date('2025-11-21T12:00:00Z')

test('what is due within a day comes first, soonest first, wherever it stands', () => {
  const course = aCourse([aStep('a'), aStep('b', { due_at: '2025-11-22T11:00:00Z' })], [aStep('c', { due_at: '2025-11-21T23:00:00Z' })])
  expect(nextStep(course, unknown, now)?.id).toBe('c')
})

test('else the first unfinished one in order, though a later one has a due time', () => {
  const later = aStep('z', { due_at: '2025-11-24T12:00:00Z' })
  expect(nextStep(aCourse([aStep('a', { my_state: 'full' }), aStep('b', { my_state: 'partial' }), later]), unknown, now)?.id).toBe('b')
})

test('what is late waits for its turn in the order', () => {
  const late = aStep('a', { availability: 'late', due_at: '2025-11-01T00:00:00Z' })
  expect(nextStep(aCourse([late, aStep('b', { due_at: '2025-11-21T20:00:00Z' })]), unknown, now)?.id).toBe('b')
  expect(nextStep(aCourse([late, aStep('b')]), unknown, now)?.id).toBe('a')
})

test('materials, closed, unopened, waiting, empty and finished steps are nothing to do', () => {
  const steps = [
    aStep('a', { kind: 'material' }),
    aStep('b', { availability: 'closed' }),
    aStep('c', { availability: 'not_open_yet' }),
    aStep('d', { my_state: 'waiting' }),
    aStep('e', { question_count: 0 }),
    aStep('f', { my_state: 'full' }),
  ]
  expect(nextStep(aCourse(steps), unknown, now)).toBeNull()
})

test('what its reader marks comes in its place, until it is done', () => {
  const course = aCourse([aStep('m1', { kind: 'material' }), aStep('b')], [aStep('m2', { kind: 'material' })])
  expect(nextStep(course, done(), now)?.id).toBe('m1')
  expect(nextStep(course, done('m1'), now)?.id).toBe('b')
  expect(nextStep(course, done('m1', 'b'), now)?.id).toBe('m2')
})

test('points left in a step that counts as done come last', () => {
  const course = aCourse([aStep('a', { my_state: 'partial' }), aStep('b')])
  expect(nextStep(course, done('a'), now)?.id).toBe('b')
  expect(nextStep(aCourse([aStep('a', { my_state: 'partial' }), aStep('b', { my_state: 'full' })]), done('a', 'b'), now)?.id).toBe('a')
})

test('neighbours cross the border of a module', () => {
  const course = aCourse([aStep('a'), aStep('b')], [aStep('c')])
  expect(neighbours(course, 'b')).toMatchObject({ before: { id: 'a' }, after: { id: 'c' } })
  expect(neighbours(course, 'a').before).toBeNull()
  expect(neighbours(course, 'zz')).toEqual({ before: null, after: null })
})
