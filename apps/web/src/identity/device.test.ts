import { expect, test } from 'vitest'
import { deviceOf } from './device.ts'

test('a browser is called as people call it', () => {
  expect(deviceOf('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')).toBe('Firefox on Linux')
  expect(deviceOf('Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0')).toBe(
    'Edge on Windows',
  )
  expect(deviceOf('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1')).toBe(
    'Safari on iOS',
  )
  expect(deviceOf('curl/8.1')).toBe('curl/8.1')
  expect(deviceOf('')).toBe('An unnamed program')
})
