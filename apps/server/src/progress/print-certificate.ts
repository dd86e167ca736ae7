import { createRequire } from 'node:module'
import PDFDocument from 'pdfkit'
import { encode } from 'uqr'

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
 * a QR code of the page that verifies it. The paper proves nothing by itself, and says so.
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
  const say = (role: 'H1' | 'H2' | 'P', name: 'plain' | 'bold' | 'mono', size: number, text: string, more: object = {}): void => {
    root.add(
      doc.struct(role, {}, () => {
        doc
          .font(name)
          .fontSize(size)
          .text(text, MARGIN, doc.y, { width, lineGap: 2, ...more })
      }),
    )
  }
  say('P', 'plain', 11, 'Gradus')
  doc.y += 24
  say('H1', 'bold', 28, of.is_revoked ? 'Revoked certificate' : 'Certificate')
  doc.y += 10
  say('P', 'plain', 12, 'This says that')
  say('H2', 'bold', 22, of.learner_name, { height: 58, ellipsis: true })
  doc.y += 4
  say('P', 'plain', 12, `has done every step (${of.step_count}) of the course`)
  say('H2', 'bold', 18, of.course_title, { height: 50, ellipsis: true })
  doc.y += 8
  say('P', 'plain', 12, `Score: ${of.score_percent} %`)
  say('P', 'plain', 12, `Issued: ${of.issued_at.slice(0, 10)} (UTC)`)
  const top = doc.page.height - MARGIN - QR_POINTS
  root.add(doc.struct('Figure', { alt: `QR code of ${of.address}` }, [() => qr(doc, of.address, MARGIN, top)]))
  const beside = { x: MARGIN + QR_POINTS + 16, width: width - QR_POINTS - 16 }
  doc.y = top + 8
  for (const [name, size, text, more] of [
    ['plain', 10, 'Serial', {}],
    ['mono', 14, of.serial, {}],
    ['plain', 10, 'Whether it stands says', {}],
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

function qr(doc: Document, text: string, x: number, y: number): void {
  const { data, size } = encode(text, { ecc: 'M', border: 2 })
  const module = QR_POINTS / size
  data.forEach((row, i) => {
    for (let j = 0; j < size; j++) if (row[j] === true) doc.rect(x + j * module, y + i * module, module, module)
  })
  doc.fill('black')
}
