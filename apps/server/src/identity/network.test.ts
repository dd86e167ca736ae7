import { expect, test } from 'vitest'
import { networkOf } from './network.ts'

test.each([
  ['192.0.2.77', '192.0.2.0/24'],
  ['::ffff:192.0.2.77', '192.0.2.0/24'],
  ['2001:db8:aa:bbcc:1:2:3:4', '2001:0db8:00aa:bb00::/56'],
  ['2001:db8:aa:bbff::1', '2001:0db8:00aa:bb00::/56'],
  ['2001:db8:aa:bc00::1', '2001:0db8:00aa:bc00::/56'],
  ['2001:db8::1', '2001:0db8:0000:0000::/56'],
  ['::1', '0000:0000:0000:0000::/56'],
  ['fe80::1%eth0', 'fe80:0000:0000:0000::/56'],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})
