import type { Board, BoardLine } from '@gradus/contract/exams'
import { expect, test } from 'vitest'
import { chosenLines, countOf, newestOf, withEvent } from './board-lines.ts'

const line = (nickname: string, handed_in_at: string | null = null, more: Partial<BoardLine> = {}): BoardLine => ({
  candidate_id: nickname,
  nickname,
  first_name: 'Ada',
  last_name: `von ${nickname}`,
  uploads_used: handed_in_at === null ? 0 : 1,
  last:
    handed_in_at === null
      ? null
      : {
          submission_id: nickname,
          verification_code: 'x',
          attempt_number: 1,
          handed_in_at,
          is_late: false,
          filename: 'a',
          size_bytes: 1,
          sha256: '',
          state: 'kept',
        },
  promised_at: null,
  ...more,
})
const board = (candidates: BoardLine[], more: Partial<Board> = {}): Board =>
  ({ now: '2026-01-31T10:00:00.000Z', is_whole: true, removed_ids: [], candidates, ...more }) as Board
const names = (lines: readonly BoardLine[]) => lines.map((each) => each.nickname)

test('an event changes its lines, adds new ones in order, takes removed ones out, and leaves the others the same objects', () => {
  const before = board([line('a'), line('c'), line('d')])
  const after = withEvent(before, board([line('c', '2026-01-31T09:00:00.000Z'), line('b')], { is_whole: false, removed_ids: ['d'], now: 'later' }))
  expect(names(after.candidates)).toEqual(['a', 'b', 'c'])
  expect(after.candidates[0]).toBe(before.candidates[0])
  expect(after.candidates[2]!.last).not.toBeNull()
  expect(after.now).toBe('later')
  expect(withEvent(after, before)).toBe(before)
})

test('filters and search narrow together', () => {
  const lines = [line('a'), line('b', '2026-01-31T09:00:00.000Z'), line('c', '2026-01-31T09:30:00.000Z', { promised_at: 'x' })]
  expect(names(chosenLines(lines, 'missing', ''))).toEqual(['a'])
  expect(names(chosenLines(lines, 'handed_in', 'VON  b'))).toEqual(['b'])
  expect(names(chosenLines(lines, 'all', 'ada'))).toEqual(['a', 'b', 'c'])
  expect([countOf(lines, 'handed_in'), countOf(lines, 'promised'), countOf(lines, 'late')]).toEqual([2, 1, 0])
  expect(names(newestOf(lines, 5))).toEqual(['c', 'b'])
})
