import { expect, test } from 'vitest'
import { grouped, tidyReceiptCode, tidyUploadCode } from './codes.ts'

test('case, spaces, hyphens and dashes do not matter', () => {
  expect([' 7kq2 m9xa', '7KQ2-M9XA', '7kq2–m9xa', '7KQ2\u00a0M9XA\n'].map(tidyUploadCode)).toEqual(Array(4).fill('7KQ2M9XA'))
  expect(tidyReceiptCode(' AB1 cd2-ef3')).toBe('ab1cd2ef3')
  expect(tidyReceiptCode('abcd efgh jklm npqr stuv wxyz 23')).toBe('ABCDEFGHJKLMNPQRSTUVWXYZ23')
})

test('codes are read in groups', () => {
  expect(['7KQ2M9XA', 'ABCDEFGHJK', 'ABCDEFGHJKLMNPQRSTUVWXYZ23'].map(grouped)).toEqual([
    '7KQ2 M9XA',
    'ABCDE FGHJK',
    'ABCD EFGH JKLM NPQR STUV WXYZ 23',
  ])
})
