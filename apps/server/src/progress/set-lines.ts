import type PDFDocument from 'pdfkit'
import { visualOrder } from './visual-order.ts'

type Document = InstanceType<typeof PDFDocument>

/** Shapes a piece as a whole: PDFKit would else set word after word from left to right, also where they run the other way. */
const whole = { lineBreak: false, features: [] }

const widthOf = (doc: Document, text: string): number => doc.widthOfString(text, whole)

/** The longest beginning of `text` that fits, at least one sign; looked for by halves, since every try shapes the text anew. */
function beginning(doc: Document, text: string, width: number, end = ''): string {
  const signs = [...text]
  const first = (count: number): string => signs.slice(0, count).join('')
  let [fits, most] = [1, signs.length]
  while (fits < most) {
    const middle = Math.ceil((fits + most) / 2)
    if (widthOf(doc, first(middle) + end) <= width) fits = middle
    else most = middle - 1
  }
  return first(fits)
}

/** Words on lines of at most `width`, broken within a word only where it is longer than a line. */
function linesOf(doc: Document, text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (let word of text.split(/\s+/).filter(Boolean)) {
    if (line !== '' && widthOf(doc, `${line} ${word}`) <= width) {
      line = `${line} ${word}`
      continue
    }
    if (line !== '') lines.push(line)
    for (let head = beginning(doc, word, width); head !== word; head = beginning(doc, word, width)) {
      lines.push(head)
      word = word.slice(head.length)
    }
    line = word
  }
  return [...lines, line]
}

/** What is too much ends in an ellipsis. */
function shortened(doc: Document, lines: readonly string[], { width, max_lines }: { width: number; max_lines: number }): readonly string[] {
  if (lines.length <= max_lines) return lines
  return [...lines.slice(0, max_lines - 1), `${beginning(doc, lines.slice(max_lines - 1).join(' '), width, '…')}…`]
}

interface Place {
  x: number
  width: number
  max_lines: number
  /** In points, from the wanted one down to the smallest that can be read. */
  sizes: readonly number[]
}

/**
 * Sets a name or a title of any direction, in the chosen font, on at most `max_lines` lines, in the first size in which all
 * of it fits, and leaves `doc.y` below it. A letter and its mark become one sign where Unicode has it: fonts place those better.
 */
export function setLines(doc: Document, text: string, { x, width, max_lines, sizes }: Place): void {
  const sign = text.normalize('NFC')
  const size = sizes.find((each) => linesOf(doc.fontSize(each), sign, width).length <= max_lines) ?? sizes.at(-1)!
  for (const line of shortened(doc.fontSize(size), linesOf(doc, sign, width), { width, max_lines })) {
    const y = doc.y
    let at = x
    for (const run of visualOrder(line)) {
      doc.text(run.text, at, y, whole)
      at += widthOf(doc, run.text)
    }
    doc.y = y + doc.currentLineHeight(true) + 2
  }
}

/** Whether the chosen font has a letter for all of it: the others stand as boxes. */
export function isPrintable(doc: Document, text: string): boolean {
  // PDFKit keeps the font to itself, and its types with it.
  const { font } = (doc as unknown as { _font: { font: { hasGlyphForCodePoint(code: number): boolean } } })._font
  return [...text.normalize('NFC')].every((sign) => /\s/.test(sign) || font.hasGlyphForCodePoint(sign.codePointAt(0)!))
}
