import { isIPv4 } from 'node:net'

/**
 * The network that failures are counted for: the /24 of an IPv4 address, the /56 of an IPv6 address (what one customer
 * gets), so that an attacker cannot step through the addresses of a home line.
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
  if (isIPv4(mapped)) return `${mapped.split('.').slice(0, 3).join('.')}.0/24`
  const [head = '', tail] = address.replace(/%.*$/, '').toLowerCase().split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = tail === undefined ? left : [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
  const bits = groups.slice(0, 4).map((group) =>
    Number.parseInt(group || '0', 16)
      .toString(16)
      .padStart(4, '0'),
  )
  return `${bits.slice(0, 3).join(':')}:${(bits[3] ?? '0000').slice(0, 2)}00::/56`
}
