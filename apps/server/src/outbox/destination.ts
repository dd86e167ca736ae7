import { BlockList, isIP } from 'node:net'

/** Where answers may go. */
export interface CallbackPolicy {
  /** `host` or `host:port` in lower case; null lets all public addresses pass and no other. */
  allowed_hosts: readonly string[] | null
}

/** `host:port` of an address, with the port that its protocol implies; null where it is no http or https address. */
export function hostOf(url: string): string | null {
  if (!URL.canParse(url)) return null
  const { protocol, hostname, port } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:') return null
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`
}

/**
 * Why an answer may not go to this address, or null. Names are looked up later, when it is sent; an address in figures is judged
 * here already (2.5 no. 10).
 */
export function refusalOfAddress(url: string, { allowed_hosts }: CallbackPolicy): string | null {
  const host = hostOf(url)
  if (host === null) return 'it is not an http or https address'
  const { username, password } = new URL(url)
  if (username !== '' || password !== '') return 'it holds a password; set GRADUS_CALLBACK_BASIC instead'
  const hostname = host.slice(0, host.lastIndexOf(':'))
  if (allowed_hosts !== null)
    return allowed_hosts.includes(host) || allowed_hosts.includes(hostname) ? null : 'its host is not among GRADUS_CALLBACK_HOSTS'
  const figures = hostname.replace(/^\[|\]$/g, '')
  // What a name points to is looked at when it is sent; names that only this network knows are told at once.
  const is_local =
    isIP(figures) === 0 ? !figures.includes('.') || /\.(local|localhost|internal|lan|home|test|invalid)\.?$/.test(figures) : !isPublic(figures)
  if (is_local) return 'it is not a public address; name its host in GRADUS_CALLBACK_HOSTS to allow it'
  return null
}

// IANA's special-purpose registries: what is not reachable from everywhere. IPv4-mapped addresses are unwrapped before.
const special = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  special.addSubnet(network, prefix, 'ipv4')
const reachable = new BlockList()
reachable.addSubnet('2000::', 3, 'ipv6')
const special6 = new BlockList()
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  special6.addSubnet(network, prefix, 'ipv6')

/** Whether an IP address is one of the public internet, as far as the address itself tells. */
export function isPublic(address: string): boolean {
  const bare = address.replace(/%.*$/, '')
  if (isIP(bare) === 4) return !special.check(bare, 'ipv4')
  if (isIP(bare) !== 6) return false
  const mapped = /^(?:::ffff:|64:ff9b::)(.+)$/i.exec(new URL(`http://[${bare}]/`).hostname.slice(1, -1))?.[1]
  if (mapped !== undefined) {
    const groups = mapped.split(':').map((group) => Number.parseInt(group, 16))
    if (groups.length !== 2) return false
    const [high, low] = groups as [number, number]
    return isPublic(`${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`)
  }
  return reachable.check(bare, 'ipv6') && !special6.check(bare, 'ipv6')
}
