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

test('the assignment due soonest comes first, wherever it stands', () => {
  const course = aCourse([aStep('a'), aStep('b', { due_at: '2025-11-23T00:00:00Z' })], [aStep('c', { due_at: '2025-11-22T00:00:00Z' })])
  expect(nextStep(course)?.id).toBe('c')
})

test('without due times the first unfinished one in order', () => {
  expect(nextStep(aCourse([aStep('a', { my_state: 'full' }), aStep('b', { my_state: 'partial' }), aStep('c')]))?.id).toBe('b')
})

test('what is late comes after what is due', () => {
  const late = aStep('a', { availability: 'late', due_at: '2025-11-01T00:00:00Z' })
  expect(nextStep(aCourse([late, aStep('b', { due_at: '2025-12-01T00:00:00Z' })]))?.id).toBe('b')
  expect(nextStep(aCourse([late]))?.id).toBe('a')
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
  expect(nextStep(aCourse(steps))).toBeNull()
})

test('neighbours cross the border of a module', () => {
  const course = aCourse([aStep('a'), aStep('b')], [aStep('c')])
  expect(neighbours(course, 'b')).toMatchObject({ before: { id: 'a' }, after: { id: 'c' } })
  expect(neighbours(course, 'a').before).toBeNull()
  expect(neighbours(course, 'zz')).toEqual({ before: null, after: null })
})
