/** A stretch of a line; `differs` marks what the other side does not have there. */
export interface Stretch {
  text: string
  differs: boolean
}
export interface MarkedLine {
  /** From 1, on its own side. */
  number: number
  stretches: Stretch[]
  differs: boolean
  /** True where the text ends here without a line break. */
  is_open: boolean
}

/** Lines of a text; a final line break ends the last line and starts none. */
function linesOf(text: string): { lines: string[]; is_open: boolean } {
  if (text === '') return { lines: [], is_open: false }
  const lines = text.split('\n')
  if (lines.at(-1) === '') {
    lines.pop()
    return { lines, is_open: false }
  }
  return { lines, is_open: true }
}

/** Splits two differing lines into what they share at both ends and what differs between; lines that share little differ as a whole. */
function splitLine(mine: string, other: string): Stretch[] {
  let start = 0
  while (start < mine.length && start < other.length && mine[start] === other[start]) start++
  let end = 0
  while (end < mine.length - start && end < other.length - start && mine[mine.length - 1 - end] === other[other.length - 1 - end]) end++
  if (start + end < Math.max(mine.length, other.length) / 2) return [{ text: mine, differs: true }].filter((stretch) => stretch.text !== '')
  return [
    { text: mine.slice(0, start), differs: false },
    { text: mine.slice(start, mine.length - end), differs: true },
    { text: mine.slice(mine.length - end), differs: false },
  ].filter((stretch) => stretch.text !== '')
}

/**
 * Marks on both sides where two outputs differ. Equal lines at the start and at the end are matched; what lies between
 * is compared line by line. Linear in the length of the texts.
 */
export function markDifference(got: string, expected: string): { got: MarkedLine[]; expected: MarkedLine[] } {
  const a = linesOf(got)
  const b = linesOf(expected)
  let head = 0
  while (head < a.lines.length && head < b.lines.length && a.lines[head] === b.lines[head]) head++
  let tail = 0
  while (tail < a.lines.length - head && tail < b.lines.length - head && a.lines[a.lines.length - 1 - tail] === b.lines[b.lines.length - 1 - tail])
    tail++
  const side = (mine: typeof a, other: typeof b): MarkedLine[] =>
    mine.lines.map((line, n) => {
      const isLast = n === mine.lines.length - 1
      const is_open = isLast && mine.is_open
      const isShared = n < head || n >= mine.lines.length - tail
      if (isShared) return { number: n + 1, stretches: [{ text: line, differs: false }], differs: isLast && mine.is_open !== other.is_open, is_open }
      const counterpart = n < other.lines.length - tail ? other.lines[n]! : undefined
      return {
        number: n + 1,
        stretches: counterpart === undefined ? [{ text: line, differs: true }] : splitLine(line, counterpart),
        differs: true,
        is_open,
      }
    })
  return { got: side(a, b), expected: side(b, a) }
}

/** Makes white space visible: a middle dot for a space, an arrow for a tab, and signs for other control characters. */
export const showWhiteSpace = (text: string): string =>
  text
    .replace(/ /g, '·')
    .replace(/\t/g, '→\t')
    .replace(/\r/g, '␍')
    .replace(/\u00a0/g, '⍽')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, (c) => String.fromCharCode(0x2400 + c.charCodeAt(0)))
