import { createRequire } from 'node:module'
import PDFDocument from 'pdfkit'
import { encode } from 'uqr'
import { isPrintable, setLines } from './set-lines.ts'

export interface PrintedCertificate {
  learner_name: string
  course_title: string
  score_percent: number
  step_count: number
  issued_at: string
  /** In groups, as people read it. */
  serial: string
  /** Where everybody can verify it. */
  address: string
  is_revoked: boolean
}

const font = (name: string): string => createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`)
const MARGIN = 56
/** Large enough for phones that read it from paper. */
const QR_POINTS = 110

type Document = InstanceType<typeof PDFDocument>

/**
 * One A4 page across, as a tagged PDF that reads in the order in which it is seen: whose, which course, how well, when, and the serial with
 * a QR code of the page that verifies it. The paper proves nothing by itself, and says so. Names run in their own direction, and what is
 * copied or read aloud is their real text, also where the font lacks a letter.
 */
export function printCertificate(of: PrintedCertificate): Document {
  const doc = new PDFDocument({
    ...{ size: 'A4', layout: 'landscape', margin: MARGIN, pdfVersion: '1.7', tagged: true, lang: 'en', displayTitle: true },
    info: { Title: `Certificate: ${of.course_title}`, Creator: 'Gradus' },
  })
  doc.registerFont('plain', font('DejaVuSans')).registerFont('bold', font('DejaVuSans-Bold')).registerFont('mono', font('DejaVuSansMono-Bold'))
  const root = doc.struct('Document')
  doc.addStructure(root)
  const width = doc.page.width - 2 * MARGIN
  frame(doc)
  const say = (role: 'H1' | 'P', name: 'plain' | 'bold', size: number, text: string): void => {
    root.add(doc.struct(role, {}, () => doc.font(name).fontSize(size).text(text, MARGIN, doc.y, { width, lineGap: 2 })))
  }
  const name = (sizes: readonly number[], text: string): void => {
    doc.font('bold')
    root.add(doc.struct('H2', { actual: text }, () => setLines(doc, text, { x: MARGIN, width, max_lines: 2, sizes })))
  }
  say('P', 'plain', 11, 'Gradus')
  doc.y += 24
  say('H1', 'bold', 30, of.is_revoked ? 'Revoked certificate' : 'Certificate')
  doc.y += 12
  say('P', 'plain', 12, 'This says that')
  doc.y += 2
  name([24, 18, 13], of.learner_name)
  doc.y += 6
  say('P', 'plain', 12, `has done every step (${of.step_count}) of the course`)
  doc.y += 2
  name([19, 15, 12], of.course_title)
  doc.y += 10
  say('P', 'plain', 12, `Score: ${of.score_percent} %`)
  say('P', 'plain', 12, `Issued: ${of.issued_at.slice(0, 10)} (UTC)`)
  if (!isPrintable(doc.font('bold'), of.learner_name + of.course_title)) {
    say('P', 'plain', 10, 'Letters that this paper cannot print stand as boxes. The page at the address below shows them.')
  }
  const top = doc.page.height - MARGIN - QR_POINTS
  root.add(doc.struct('Figure', { alt: `QR code of ${of.address}` }, [() => qr(doc, of.address, MARGIN, top)]))
  const beside = { x: MARGIN + QR_POINTS + 16, width: width - QR_POINTS - 16 }
  doc.y = top + 22
  for (const [name, size, text, more] of [
    ['plain', 10, 'Serial', {}],
    ['mono', 14, of.serial, {}],
    ['plain', 10, 'Whether this certificate is valid says only', {}],
    ['plain', 10, of.address, { link: of.address }],
  ] as const) {
    root.add(
      doc.struct('P', {}, () => {
        doc
          .font(name)
          .fontSize(size)
          .text(text, beside.x, doc.y, { width: beside.width, lineGap: 2, ...more })
      }),
    )
  }
  root.end()
  doc.end()
  return doc
}

/** For the eye alone: no tag, so that nobody is read a rectangle. */
function frame(doc: Document): void {
  const edge = MARGIN / 2
  doc.markContent('Artifact', { type: 'Layout' })
  doc
    .lineWidth(1.5)
    .rect(edge, edge, doc.page.width - 2 * edge, doc.page.height - 2 * edge)
    .stroke('#4263eb')
  doc.endMarkedContent()
}

function qr(doc: Document, text: string, x: number, y: number): void {
  const { data, size } = encode(text, { ecc: 'M', border: 2 })
  const module = QR_POINTS / size
  data.forEach((row, i) => {
    for (let j = 0; j < size; j++) if (row[j] === true) doc.rect(x + j * module, y + i * module, module, module)
  })
  doc.fill('black')
}
