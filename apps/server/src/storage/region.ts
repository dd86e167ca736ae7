import type { S3Config } from '../config.ts'

/** Amazon's `eu-` regions outside the EU: London and Zurich. Other providers have their own places under these names. */
const amazon_outside = new Set(['eu-west-2', 'eu-central-2'])

/**
 * Whether a bucket is known to lie in the EU (R14), by the name of its region. Only what says so counts: `auto`, a
 * name that a private server made up, or a city needs the operator's word (GRADUS_ALLOW_ANY_REGION).
 *
 * Cloudflare's R2 has one region, `auto`; where the bytes stay is said by the endpoint, `<account>.eu.r2.cloudflarestorage.com`.
 */
export function isInEu({ endpoint, region }: Pick<S3Config, 'endpoint' | 'region'>): boolean {
  const host = endpoint === undefined ? 'amazonaws.com' : new URL(endpoint).hostname
  if (isUnder(host, 'r2.cloudflarestorage.com')) return isUnder(host, 'eu.r2.cloudflarestorage.com')
  const name = region.toLowerCase()
  if (isUnder(host, 'amazonaws.com') && amazon_outside.has(name)) return false
  return name === 'eu' || /^(eu|eusc)[-_]/.test(name) || name.startsWith('europe')
}

const isUnder = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`)
