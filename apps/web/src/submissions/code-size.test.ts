import { MAX_CODE_BYTES } from '@gradus/contract/words'
import { expect, test } from 'vitest'
import { codeSize } from './code-size.ts'

test('the limit counts UTF-8 bytes', () => {
  expect(codeSize('x'.repeat(MAX_CODE_BYTES)).is_over).toBe(false)
  expect(codeSize('x'.repeat(MAX_CODE_BYTES + 1)).is_over).toBe(true)
  expect(codeSize('é'.repeat(MAX_CODE_BYTES / 2)).is_over).toBe(false)
  expect(codeSize('é'.repeat(MAX_CODE_BYTES / 2 + 1)).is_over).toBe(true)
})

test('it warns before the limit and not for everyday programs', () => {
  expect(codeSize('x'.repeat(1000)).is_near).toBe(false)
  expect(codeSize('x'.repeat(MAX_CODE_BYTES - 100))).toMatchObject({ is_near: true, is_over: false })
})
