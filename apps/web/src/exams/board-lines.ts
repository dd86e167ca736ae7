import type { Board, BoardLine } from '@gradus/contract/exams'

/** A board with what an event says of it. Lines that did not change stay the same objects, so that a grid of 1,000 paints few. */
export function withEvent(before: Board | undefined, event: Board): Board {
  if (event.is_whole || before === undefined) return event
  const lines = new Map(before.candidates.map((line) => [line.candidate_id, line]))
  for (const id of event.removed_ids) lines.delete(id)
  let isNew = false
  for (const line of event.candidates) {
    const known = lines.get(line.candidate_id)
    isNew ||= known === undefined || known.nickname !== line.nickname
    lines.set(line.candidate_id, line)
  }
  const candidates = [...lines.values()]
  if (isNew) candidates.sort((a, b) => (a.nickname < b.nickname ? -1 : a.nickname > b.nickname ? 1 : 0))
  return { ...event, is_whole: true, removed_ids: [], candidates }
}

export const boardFilters = ['all', 'missing', 'handed_in', 'late', 'promised'] as const
export type BoardFilter = (typeof boardFilters)[number]

const fits: Record<BoardFilter, (line: BoardLine) => boolean> = {
  all: () => true,
  missing: (line) => line.last === null,
  handed_in: (line) => line.last !== null,
  late: (line) => line.last?.is_late === true,
  promised: (line) => line.promised_at !== null,
}

export const countOf = (lines: readonly BoardLine[], filter: BoardFilter): number => lines.reduce((sum, line) => sum + Number(fits[filter](line)), 0)

export const nameOf = ({ first_name, last_name }: Pick<BoardLine, 'first_name' | 'last_name'>): string => `${first_name} ${last_name}`

/** The lines that fit a filter and every word that is looked for, in names and nicknames. */
export function chosenLines(lines: readonly BoardLine[], filter: BoardFilter, search: string): readonly BoardLine[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (filter === 'all' && words.length === 0) return lines
  return lines.filter((line) => {
    if (!fits[filter](line)) return false
    const text = `${line.nickname} ${nameOf(line)}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** Who handed in last, newest first. */
export const newestOf = (lines: readonly BoardLine[], count: number): BoardLine[] =>
  lines
    .filter((line) => line.last !== null)
    .toSorted((a, b) => (a.last!.handed_in_at < b.last!.handed_in_at ? 1 : -1))
    .slice(0, count)
