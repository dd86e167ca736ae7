import { type DraftTest, newTest } from './question-draft.ts'

const QUOTED = /"((?:[^"]|"")*)"(?=\t|\r?\n|$)/y
const PLAIN = /[^\t\r\n]*/y

/**
 * Rows and cells as a spreadsheet puts them on the clipboard: tabs between cells; a cell with a line break or a tab inside stands in
 * double quotes, its own quotes doubled. A cell in quotes without either is taken as it stands: it may be a JSON string.
 */
export function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]]
  let at = 0
  while (at <= text.length) {
    QUOTED.lastIndex = at
    PLAIN.lastIndex = at
    const quoted = QUOTED.exec(text)
    const plain = PLAIN.exec(text)![0]
    const isQuoted = quoted !== null && /[\t\n]/.test(quoted[1]!)
    rows.at(-1)!.push(isQuoted ? quoted[1]!.replaceAll('""', '"').replaceAll('\r\n', '\n') : plain)
    at += isQuoted ? quoted[0].length : plain.length
    if (at >= text.length) break
    if (text[at] === '\t') at += 1
    else {
      at += text.startsWith('\r\n', at) ? 2 : 1
      rows.push([])
    }
  }
  return rows.filter((row) => row.some((cell) => cell.trim() !== ''))
}

const pointsOf = (cell: string | undefined): number | null => {
  const points = Number(cell?.trim().replace(',', '.'))
  return cell === undefined || cell.trim() === '' || !(points >= 0 && points <= 99_999) ? null : Math.round(points * 10_000) / 10_000
}

/**
 * Tests from rows of a spreadsheet: name, input, expected, points. `\n` written out stands for a new line too. Missing cells keep
 * what a new test has.
 */
export function testsFromRows(text: string, before: readonly DraftTest[]): DraftTest[] {
  const made: DraftTest[] = []
  for (const row of cellsOf(text)) {
    const [name, input, expected, points] = row.map((cell) => cell.replaceAll('\\n', '\n'))
    const fresh = newTest([...before, ...made])
    made.push({
      ...fresh,
      name: name?.replace(/\s+/g, ' ').trim().slice(0, 200) || fresh.name,
      input: input ?? '',
      expected: expected ?? '',
      points: pointsOf(points) ?? fresh.points,
    })
  }
  return made
}
