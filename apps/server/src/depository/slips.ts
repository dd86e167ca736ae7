import { createRequire } from 'node:module'
import { setImmediate as turn } from 'node:timers/promises'
import PDFDocument from 'pdfkit'
import { encode } from 'uqr'
import { grouped } from './codes.ts'

export interface Slip {
  nickname: string
  first_name: string
  last_name: string
  upload_code: string
}
export interface SlipTexts {
  exam_title: string
  /** What the exam says of time and limits, one line each. */
  facts: readonly string[]
  /** How a browser reaches the upload page; the code follows. */
  address: string
}

const font = (name: string): string => createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`)
const MARGIN = 24
/** The address that the QR code holds, and a picture that phones read from paper: 2.4 points a module at least. */
const QR_POINTS = 120
/** Pages made before others get their turn: a page takes some two milliseconds. */
const AT_ONCE = 4

type Document = InstanceType<typeof PDFDocument>

/**
 * One A6 page for each candidate, as a tagged PDF that is written while it is read: names in letters of most European
 * scripts, the code in groups, and a QR code of the upload page. Letters the font lacks stand as boxes; the nickname
 * and the code say who it is all the same.
 */
export function printSlips(slips: readonly Slip[], texts: SlipTexts): Document {
  const doc = new PDFDocument({
    ...{ size: 'A6', margin: MARGIN, autoFirstPage: false, pdfVersion: '1.7', tagged: true, lang: 'en', displayTitle: true, bufferPages: false },
    info: { Title: `Codes: ${texts.exam_title}`, Creator: 'Gradus' },
  })
  doc.registerFont('plain', font('DejaVuSans')).registerFont('bold', font('DejaVuSans-Bold')).registerFont('mono', font('DejaVuSansMono-Bold'))
  void write(doc, slips, texts).catch((error: Error) => doc.destroy(error))
  return doc
}

async function write(doc: Document, slips: readonly Slip[], texts: SlipTexts): Promise<void> {
  for (const [i, slip] of slips.entries()) {
    if (doc.destroyed) return
    page(doc, slip, texts)
    if (i % AT_ONCE !== AT_ONCE - 1) continue
    await turn()
    // A reader who is slow makes us wait: thousands of pages are not kept in memory.
    while (doc.readableLength > 1_048_576 && !doc.destroyed) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  if (slips.length === 0) doc.addPage().font('plain').fontSize(11).text('There are no candidates.')
  doc.end()
}

function page(doc: Document, { nickname, first_name, last_name, upload_code }: Slip, { exam_title, facts, address }: SlipTexts): void {
  const url = `${address}/hand-in/${upload_code}`
  doc.addPage()
  const width = doc.page.width - 2 * MARGIN
  const root = doc.struct('Document')
  doc.addStructure(root)
  const say = (role: 'H1' | 'P', name: 'plain' | 'bold' | 'mono', size: number, text: string, more: object = {}): void => {
    root.add(
      doc.struct(role, {}, () => {
        doc
          .font(name)
          .fontSize(size)
          .text(text, MARGIN, doc.y, { width, lineGap: 1, ...more })
      }),
    )
  }
  say('H1', 'bold', 12, exam_title, { height: 32, ellipsis: true })
  doc.y += 4
  say('P', 'plain', 11, `${first_name} ${last_name}`, { height: 30, ellipsis: true })
  say('P', 'plain', 9, nickname, { height: 12, ellipsis: true })
  doc.y += 8
  say('P', 'plain', 9, 'Your upload code')
  say('P', 'mono', 22, grouped(upload_code))
  doc.y += 6
  const top = doc.y
  root.add(doc.struct('Figure', { alt: `QR code of ${url}` }, [() => qr(doc, url, MARGIN, top)]))
  doc.y = top + QR_POINTS + 6
  say('P', 'plain', 8, url, { link: url })
  for (const fact of facts) say('P', 'plain', 8, fact)
  root.end()
}

function qr(doc: Document, text: string, x: number, y: number): void {
  const { data, size } = encode(text, { ecc: 'M', border: 2 })
  const module = QR_POINTS / size
  data.forEach((row, i) => {
    // Neighbours in a row are one bar: a third of the operators.
    for (let j = 0; j < size; j++) {
      const from = j
      while (row[j] === true) j++
      if (j > from) doc.rect(x + from * module, y + i * module, (j - from) * module, module)
    }
  })
  doc.fill('black')
}
