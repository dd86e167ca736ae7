import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { pdfText } from '../../test/pdf-text.ts'
import { type PrintedCertificate, printCertificate } from './print-certificate.ts'

const certificate: PrintedCertificate = {
  ...{ learner_name: 'Ada Łukasiewicz', course_title: 'First Steps', score_percent: 85.5, step_count: 5, issued_at: '2026-11-26T01:00:00.000Z' },
  ...{ serial: 'ABCD-EFGH-JKMN-PQRS', address: 'https://gradus.example.org/verify/ABCD-EFGH-JKMN-PQRS', is_revoked: false },
}
const print = async (more: Partial<PrintedCertificate> = {}) =>
  pdfText(await buffer(printCertificate({ ...certificate, ...more }) as unknown as AsyncIterable<Uint8Array>))

test('the paper says whose, which course, how well, when, and where it is verified', async () => {
  const { painted, actual } = await print()
  expect(painted).toEqual([
    ...['Gradus', 'Certificate', 'This says that', 'Ada Łukasiewicz', 'has done every step (5) of the course', 'First Steps'],
    ...['Score: 85.5 %', 'Issued: 2026-11-26 (UTC)', 'Serial', 'ABCD-EFGH-JKMN-PQRS', 'Whether this certificate is valid says only'],
    'https://gradus.example.org/verify/ABCD-EFGH-JKMN-PQRS',
  ])
  expect(actual).toEqual(['Ada Łukasiewicz', 'First Steps'])
  expect((await print({ is_revoked: true })).painted).toContain('Revoked certificate')
})

test.each(['Софья Ковалевская', 'Ελένη Παππά', 'ד״ר שרה כהן', 'محمد بن عبد الله', 'Dr. שרה (Sara) \\ )', '山田 太郎'])(
  'a name of any script is on the paper as its own text: %s',
  async (learner_name) => expect((await print({ learner_name })).actual[0]).toBe(learner_name),
)

test('letters that the font lacks are spoken of, others are not', async () => {
  const note = expect.stringContaining('stand as boxes')
  expect((await print({ learner_name: '山田' })).painted).toContainEqual(note)
  expect((await print({ course_title: 'Введение, שיעור, درس, o\u0308' })).painted).not.toContainEqual(note)
})

test('a right-to-left name begins at the right, and what is left to right in it stays so', async () => {
  const { painted } = await print({ learner_name: 'שרה Cohen' })
  expect(painted.slice(3, 5)).toEqual(['Cohen', ' הרש'])
})

test('a very long name stays on its two lines and on one page', async () => {
  const all = await print({ learner_name: 'Hohenlohe '.repeat(10).trim() })
  expect(all.painted.filter((piece) => piece.startsWith('Hohenlohe'))).toHaveLength(2)
  expect(all.painted.join(' ')).not.toContain('…')
  const cut = await print({ learner_name: 'Abcdefghij'.repeat(20), course_title: 'Wxyz '.repeat(120) })
  expect(cut.painted.filter((piece) => /^(Abc|efg|Wxyz)/.test(piece)).length).toBeLessThanOrEqual(4)
  expect(cut.painted.at(-1)).toBe(certificate.address)
  expect(cut.actual[0]).toBe('Abcdefghij'.repeat(20))
})
