import { expect, test } from 'vitest'
import { moveModule, moveStep, orderOf } from './order.ts'

const order = orderOf([
  { id: 'a', steps: [{ id: '1' }, { id: '2' }] },
  { id: 'b', steps: [] },
  { id: 'c', steps: [{ id: '3' }] },
])
const flat = (o: typeof order): string => o.map((m) => `${m.id}:${m.step_ids.join('')}`).join(' ')

test('a step moves within its module, then on into the next', () => {
  expect(flat(moveStep(order, '1', 1))).toBe('a:21 b: c:3')
  expect(flat(moveStep(order, '2', 1))).toBe('a:1 b:2 c:3')
  expect(flat(moveStep(order, '3', -1))).toBe('a:12 b:3 c:')
  expect(flat(moveStep(order, '1', -1))).toBe('a:12 b: c:3')
})
test('a module moves with its steps and stays at the ends', () => {
  expect(flat(moveModule(order, 'b', -1))).toBe('b: a:12 c:3')
  expect(flat(moveModule(order, 'c', 1))).toBe('a:12 b: c:3')
})
