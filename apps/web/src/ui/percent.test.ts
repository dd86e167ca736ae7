import { expect, test } from 'vitest'
import { percentText } from './percent.ts'

test.each([
  [39.999, '39.9 %'],
  [40, '40 %'],
  [0.29 * 100, '29 %'],
  [99.99, '99.9 %'],
  [100, '100 %'],
  [100 / 3, '33.3 %'],
  [0, '0 %'],
  [0.02, 'under 0.1 %'],
  [0.1, '0.1 %'],
  [0.7 * 100, '70 %'],
])('%d is printed as %s', (percent, text) => expect(percentText(percent)).toBe(text))
