import { expect, test } from 'vitest'
import { sizeText } from '../ui/size.ts'
import { endingOf, limitsText, whyNot } from './file-limits.ts'

const limits = { max_bytes: 3_145_728, allowed_types: ['pdf', 'zip'] }

test('sizes are told in bytes too', () => {
  expect([0, 1, 1_023, 1_024, 3_145_728, 3_250_000].map(sizeText)).toEqual([
    '0 bytes',
    '1 byte',
    '1,023 bytes',
    '1 KiB (1,024 bytes)',
    '3 MiB (3,145,728 bytes)',
    '3.1 MiB (3,250,000 bytes)',
  ])
})

test('what is taken is said before anything is sent', () => {
  expect(limitsText(limits)).toBe('At most 3 MiB (3,145,728 bytes); .pdf or .zip files.')
  expect(limitsText({ ...limits, allowed_types: [] })).toBe('At most 3 MiB (3,145,728 bytes); any type of file.')
})

test('one byte too many, another ending and an empty file are told apart; the last byte fits', () => {
  expect(whyNot({ name: 'a.pdf', size: 3_145_728 }, limits)).toBeNull()
  expect(whyNot({ name: 'a.pdf', size: 3_145_729 }, limits)).toContain('too large')
  expect(whyNot({ name: 'a.docx', size: 1 }, limits)).toContain('.pdf or .zip')
  expect(whyNot({ name: 'A.PDF', size: 1 }, limits)).toBeNull()
  expect(whyNot({ name: 'a.pdf', size: 0 }, limits)).toContain('empty')
})

test('an ending is what stands behind the last dot, and a hidden file has none', () => {
  expect(['a.tar.gz', 'a', '.pdf', 'a.', 'Übung.PDF'].map(endingOf)).toEqual(['gz', '', '', '', 'pdf'])
})
