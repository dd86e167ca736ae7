/** A piece of a line in one direction; its letters stand in the order in which they are read. */
export interface Run {
  text: string
  is_rtl: boolean
}

const rightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u
const mirrored = new Map(['()', '[]', '{}', '<>', '«»', '‹›'].flatMap(([open, close]) => [[open!, close!] as const, [close!, open!] as const]))

/**
 * A line's pieces from left to right as they are seen: the Unicode Bidirectional Algorithm (UAX 9) for text without
 * explicit embeddings, as names and titles are. Brackets within right-to-left pieces are turned.
 */
export function visualOrder(line: string): Run[] {
  const signs = [...line]
  const levels = levelsOf(signs)
  const runs: (Run & { level: number })[] = []
  signs.forEach((sign, i) => {
    const level = levels[i]!
    const is_rtl = level % 2 === 1
    const shown = is_rtl ? (mirrored.get(sign) ?? sign) : sign
    const last = runs.at(-1)
    if (last?.level === level) last.text += shown
    else runs.push({ text: shown, is_rtl, level })
  })
  // L2: from the innermost level outwards, whatever is at least so deep is turned round.
  for (let level = 2; level >= 1; level--)
    for (let from = 0; from < runs.length; from++) {
      let to = from
      while (to < runs.length && runs[to]!.level >= level) to++
      if (to > from) runs.splice(from, to - from, ...runs.slice(from, to).reverse())
      from = to
    }
  return runs.map(({ text, is_rtl }) => ({ text, is_rtl }))
}

/** 0 is left to right; 1 right to left; 2 left to right within right to left. */
function levelsOf(signs: readonly string[]): number[] {
  const strong = signs.map((sign) => (rightToLeft.test(sign) ? 'R' : /\p{Nd}/u.test(sign) ? 'N' : /\p{L}/u.test(sign) ? 'L' : null))
  const base = strong.find((kind) => kind === 'L' || kind === 'R') === 'R' ? 1 : 0
  let letter: 'L' | 'R' = base === 1 ? 'R' : 'L'
  const levels = signs.map((sign, i) => {
    // W7: a number after a left-to-right letter goes with it; after a right-to-left one it keeps its own direction within.
    if (strong[i] === 'N' && letter === 'L') strong[i] = 'L'
    const kind = strong[i]
    if (kind === 'L' || kind === 'R') letter = kind
    if (kind === 'R') return 1
    if (kind === 'L') return base === 1 ? 2 : 0
    if (kind === 'N') return 2
    // A mark belongs to the sign before it.
    return /\p{M}/u.test(sign) ? -2 : -1
  })
  const side = (level: number | undefined, kind: string | null | undefined): number => (level === undefined ? base : kind === 'N' ? 1 : level % 2)
  for (let i = 0; i < levels.length; i++) {
    if (levels[i] === -2) levels[i] = levels[i - 1] ?? base
    if (levels[i] !== -1) continue
    let end = i
    while (end < levels.length && levels[end]! < 0) end++
    // N1 and N2: what stands between two of one direction takes it, everything else the line's.
    const [before, after] = [side(levels[i - 1], strong[i - 1]), side(levels[end], strong[end])]
    const direction = before === after ? before : base
    levels.fill(direction === 1 ? 1 : base === 1 ? 2 : 0, i, end)
    i = end - 1
  }
  return levels
}
