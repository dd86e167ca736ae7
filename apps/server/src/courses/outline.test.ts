import { expect, test } from 'vitest'
import { dueNext, type OutlineInput, outlineModules, outlineStep, standOf } from './outline.ts'
import type { QuestionStanding } from './standing.ts'

const placed = (...points: number[]) => points.map((points_possible, i) => ({ id: `q${i}`, points_possible }))
const standing = (...all: (Partial<QuestionStanding> | null)[]) =>
  new Map(all.flatMap((at, i) => (at === null ? [] : [[`q${i}`, { points: null, attempts: 1, is_waiting: false, ...at }] as const])))

test.each([
  ['nothing placed', placed(), standing(), null, 0, 'none'],
  ['nothing tried', placed(1, 2), standing(), null, 3, 'not_started'],
  ['one waits', placed(1, 2), standing({ points: 1 }, { is_waiting: true }), 1, 3, 'waiting'],
  ['one of two full', placed(1, 2), standing({ points: 1 }, null), 1, 3, 'partial'],
  ['tried, nothing gained', placed(1), standing({ points: 0 }), 0, 1, 'partial'],
  ['tried, needs staff', placed(1), standing({}), null, 1, 'partial'],
  ['all points', placed(0.1, 0.2), standing({ points: 0.1 }, { points: 0.2 }), 0.3, 0.3, 'full'],
  ['more than possible', placed(1), standing({ points: 1.5 }), 1.5, 1, 'full'],
  ['a question worth nothing, not tried', placed(1, 0), standing({ points: 1 }, null), 1, 1, 'partial'],
  ['worth nothing, tried and graded', placed(0), standing({ points: 0 }), 0, 0, 'full'],
  ['an attempt given back leaves the start', placed(1), standing({ attempts: 0 }), null, 1, 'not_started'],
] as const)('%s', (_, questions, mine, points, points_possible, my_state) => {
  expect(standOf(questions, mine)).toEqual({ points, points_possible, my_state })
})

const now = '2025-03-01T12:00:00.000Z'
const hour = (h: number) => new Date(Date.parse(now) + h * 3_600_000).toISOString()
const input = (id: string, times: Partial<OutlineInput> = {}): OutlineInput => ({
  ...{ id, module_id: 'm1', course_id: 'c', position: 0, kind: 'assignment', title: id, state: 'published', assignment_id: `a-${id}` },
  ...{ opens_at: null, due_at: null, closes_at: null },
  ...times,
})
const line = (id: string, times: Partial<OutlineInput>, mine = standing(), is_archived = false) =>
  outlineStep(input(id, times), placed(1), mine, { now, is_archived })

test('a material has no availability; an assignment of an archived course is closed', () => {
  expect(outlineStep(input('m', { kind: 'material', assignment_id: null }), [], standing(), { now, is_archived: false })).toMatchObject({
    availability: null,
    my_state: 'none',
    question_count: 0,
  })
  expect(line('a', {}, standing(), true).availability).toBe('closed')
})

test('due next is the nearest bound ahead of what takes work and is not full', () => {
  const all = [
    line('no bound', {}),
    line('not open', { opens_at: hour(1), due_at: hour(2) }),
    line('over', { closes_at: hour(-1) }),
    line('late for ever', { due_at: hour(-1) }),
    line('full', { due_at: hour(1) }, standing({ points: 1 })),
    line('in five', { due_at: hour(5) }),
    line('late, closes in three', { due_at: hour(-1), closes_at: hour(3) }),
    line('closes in four', { closes_at: hour(4) }),
  ]
  expect(dueNext(all, now)).toMatchObject({ assignment_id: 'a-late, closes in three', points: null, points_possible: 1 })
  expect(dueNext(all.slice(0, 6), now)?.title).toBe('in five')
  expect(dueNext(all.slice(0, 5), now)).toBeNull()
})

test('steps stand in their modules in order; an empty module stays', () => {
  const lines = [
    { module_id: 'm2', line: line('b', {}) },
    { module_id: 'm1', line: line('a', {}) },
  ]
  const modules = ['m1', 'm2', 'm3'].map((id, position) => ({ id, position, title: id }))
  expect(outlineModules(modules, lines).map((m) => m.steps.map((s) => s.id))).toEqual([['a'], ['b'], []])
})
