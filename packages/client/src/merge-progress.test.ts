import type { CourseProgress } from '@gradus/contract/progress'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeProgress } from './merge-progress.ts'

const step = (step_id: string, completed: boolean, score: number | null = null, is_self_marked = true) => ({
  ...{ step_id, module_id: 'm', completed, score, attempts: 0, completed_at: null, is_self_marked },
})
const course = (...steps: CourseProgress['steps']): CourseProgress => ({
  ...{ user_id: 'u', is_guest: false, course_id: 'c', steps, course_completion_pct: 0, certificate: null },
  modules: [{ module_id: 'm', title: 'M', steps_total: steps.length, steps_completed: 0, completion_pct: 0 }],
})

test('R30: what waits here is shown as done, with the better score, and the numbers follow', () => {
  const merged = mergeProgress(course(step('a', true, 0.9), step('b', false), step('c', false)), [
    { step_id: 'a', score: 0.5 },
    { step_id: 'b' },
    { step_id: 'gone' },
  ])
  expect(merged.steps).toMatchObject([{ completed: true, score: 0.9 }, { completed: true, score: null }, { completed: false }])
  expect(merged.modules).toMatchObject([{ steps_completed: 2, completion_pct: expect.closeTo(200 / 3) }])
  expect(merged.course_completion_pct).toBeCloseTo(200 / 3)
})

test('D3: a device cannot show a step with questions as done', () => {
  expect(mergeProgress(course(step('a', false, null, false)), [{ step_id: 'a', score: 1 }]).steps).toMatchObject([{ completed: false, score: null }])
})

test('R30: merging never takes anything back, and merging again changes nothing', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd')
  const score = fc.option(fc.double({ min: 0, max: 1, noNaN: true }))
  const steps = fc.uniqueArray(fc.tuple(id, fc.boolean(), score, fc.boolean()), { selector: ([one]) => one })
  fc.assert(
    fc.property(steps, fc.array(fc.record({ step_id: id, score })), (list, here) => {
      const server = course(...list.map(([one, completed, best, marked]) => step(one, completed, best, marked)))
      const merged = mergeProgress(server, here)
      server.steps.forEach((before, i) => {
        const after = merged.steps[i]!
        expect(!before.completed || after.completed).toBe(true)
        expect(before.score === null || after.score! >= before.score).toBe(true)
      })
      expect(mergeProgress(merged, here)).toEqual(merged)
    }),
  )
})
