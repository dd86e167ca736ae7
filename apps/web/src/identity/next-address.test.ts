import { expect, test } from 'vitest'
import { nextAddress } from './next-address.ts'

test('an address of the product is kept whole', () => {
  expect(nextAddress('/c/intro/a/1/q/2?tab=code#x')).toBe('/c/intro/a/1/q/2?tab=code#x')
})

test('other sites are refused, however they are written', () => {
  for (const next of [
    undefined,
    '',
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    '\\\\evil',
  ])
    expect(nextAddress(next)).toBe('/')
})
