import { expect, test } from 'vitest'
import { type JobState, machineMoves, sourcesOf, staffMoves } from './states.ts'

const all: JobState[] = ['pending', 'pulled', 'retry', 'retired', 'failed']

test('every state is in both tables', () => {
  expect(Object.keys(machineMoves).sort()).toEqual([...all].sort())
  expect(Object.keys(staffMoves).sort()).toEqual([...all].sort())
})

test('nothing leaves retired, and only staff take a job out of failed', () => {
  expect([...machineMoves.retired, ...staffMoves.retired, ...machineMoves.failed]).toEqual([])
  expect(staffMoves.failed).toEqual(['pending'])
})

test('a result comes from a lease, or from one that ran out and is not yet given again', () => {
  expect(sourcesOf(machineMoves, 'retired')).toEqual(['pulled', 'retry'])
  expect(sourcesOf(machineMoves, 'pulled')).toEqual(['pending', 'retry'])
  expect(sourcesOf(staffMoves, 'pending')).toEqual(['failed'])
})

test('every state can be reached from pending, and every one but retired can go on', () => {
  const reached = new Set<JobState>(['pending'])
  for (const from of reached) for (const to of [...machineMoves[from], ...staffMoves[from]]) reached.add(to)
  expect([...reached].sort()).toEqual([...all].sort())
  for (const state of all.filter((s) => s !== 'retired')) expect([...machineMoves[state], ...staffMoves[state]].length).toBeGreaterThan(0)
})
