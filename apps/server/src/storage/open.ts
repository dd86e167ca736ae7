import { chmod } from 'node:fs/promises'
import { type Config, ConfigError, type S3Config } from '../config.ts'
import type { Blobs } from './blobs.ts'
import { openLocalBlobs } from './local.ts'
import { isInEu } from './region.ts'

/**
 * Opens the store the configuration names: the bucket of `S3_…`, else the folder `GRADUS_BLOBS`. It is proven by
 * keeping, reading and removing a few bytes, so that a missing right shows at the start and not at somebody's deadline.
 * @throws ConfigError where the operator must change something; nothing is left open then
 */
export async function openBlobs(config: Config): Promise<Blobs> {
  return config.s3 === undefined ? openFolder(config.blobs_dir) : openBucket(config.s3, config.allows_any_region)
}

async function openFolder(path: string): Promise<Blobs> {
  try {
    const blobs = await openLocalBlobs(path)
    // Also a folder that was here before: students' work is for the server's account alone.
    await chmod(path, 0o700)
    await prove(blobs)
    return blobs
  } catch (error) {
    const why = codeOf((error as Error).cause ?? error)
    throw new ConfigError(`The folder for files, ${path}, cannot be used (${why}). Set GRADUS_BLOBS to a folder this account may write to.`)
  }
}

async function openBucket(s3: S3Config, allows_any_region: boolean): Promise<Blobs> {
  // Before a byte leaves us.
  if (!allows_any_region) checkRegion(s3)
  // Loaded only where it is used: the library is a large part of a small server's memory.
  const { openS3Blobs } = await import('./s3.ts')
  const blobs = openS3Blobs(s3)
  try {
    const region = await blobs.findRegion()
    if (region !== undefined && !allows_any_region) checkRegion({ endpoint: s3.endpoint, region })
    await prove(blobs)
    return blobs
  } catch (error) {
    await blobs.close()
    throw error instanceof ConfigError ? error : new ConfigError(whyNoBucket((error as Error).cause ?? error))
  }
}

function checkRegion(s3: Pick<S3Config, 'endpoint' | 'region'>): void {
  if (isInEu(s3)) return
  throw new ConfigError(`The bucket's region, ${s3.region}, is not known to lie in the EU. Use one that does, or set GRADUS_ALLOW_ANY_REGION=on.`)
}

function whyNoBucket(error: unknown): string {
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
  if (status === 404) return 'There is no bucket S3_BUCKET at this address. Make it, or correct S3_BUCKET, S3_REGION or S3_ENDPOINT.'
  if (status === 401 || status === 403)
    return 'The bucket refuses S3_ACCESS_KEY_ID with S3_SECRET_ACCESS_KEY, or the key may not read, write, list and delete there.'
  if (status === 301 || status === 400) return 'The bucket is in another region than S3_REGION says, or wants S3_FORCE_PATH_STYLE on or off.'
  return `The bucket does not answer as it should (${codeOf(error)}). Check S3_ENDPOINT, and whether it can be reached from here.`
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? (error as Error).name

async function prove(blobs: Blobs): Promise<void> {
  const written = Buffer.from('gradus')
  const { key } = await blobs.put(once(written), { max_bytes: written.length })
  try {
    const { stream } = await blobs.read(key)
    const read = Buffer.concat(await stream.toArray())
    if (!read.equals(written)) throw new Error('the store gave other bytes than it was given')
  } finally {
    await blobs.remove(key)
  }
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}
