import { chmod } from 'node:fs/promises'
import { type Config, ConfigError } from '../config.ts'
import type { Blobs } from './blobs.ts'
import { openLocalBlobs } from './local.ts'

/**
 * Opens the store the configuration names: the bucket of `S3_…`, else the folder `GRADUS_BLOBS`. It is proven by
 * keeping, reading and removing a few bytes, so that a wrong right shows at the start and not at somebody's deadline.
 * @throws ConfigError where the operator must change something; nothing is left open then
 */
export async function openBlobs(config: Config): Promise<Blobs> {
  if (config.s3 !== undefined) throw new ConfigError('S3 is not built yet')
  return openFolder(config.blobs_dir)
}

async function openFolder(path: string): Promise<Blobs> {
  try {
    const blobs = await openLocalBlobs(path)
    // Also a folder that was here before: students' work is for the server's account alone.
    await chmod(path, 0o700)
    await prove(blobs)
    return blobs
  } catch (error) {
    const { code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException
    throw new ConfigError(
      `The folder for files (${path}) cannot be used${code === undefined ? '' : ` (${code})`}. Set GRADUS_BLOBS to a folder this account may write to.`,
    )
  }
}

async function prove(blobs: Blobs): Promise<void> {
  const written = Buffer.from('gradus')
  const { key } = await blobs.put(
    (async function* () {
      yield written
    })(),
    { max_bytes: written.length },
  )
  try {
    const { stream } = await blobs.read(key)
    const read = Buffer.concat(await stream.toArray())
    if (!read.equals(written)) throw new Error('the store gave other bytes than it was given')
  } finally {
    await blobs.remove(key)
  }
}
