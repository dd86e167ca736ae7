import { expect, test } from 'vitest'
import { inOrder, moveModule, moveStep, orderOf, placeOf } from './order.ts'

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

test('things follow an order, and what has gone meanwhile is skipped', () => {
  const modules = [
    { id: 'a', title: 'A', steps: [{ id: '1' }, { id: '2' }] },
    { id: 'b', title: 'B', steps: [{ id: '3' }] },
  ]
  const wanted = moveStep(moveModule(orderOf(modules), 'b', -1), '1', -1)
  expect(flat(wanted)).toBe('b:31 a:2')
  expect(flat(orderOf(inOrder(modules, wanted)))).toBe('b:31 a:2')
  expect(flat(orderOf(inOrder(modules.slice(1), wanted)))).toBe('b:3')
  expect(placeOf(inOrder(modules, wanted), '1')).toBe('number 2 of 2 in B')
})
