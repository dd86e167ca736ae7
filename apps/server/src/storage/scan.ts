import { spawn } from 'node:child_process'
import { pipeline } from 'node:stream/promises'
import { ConfigError, childEnvironment } from '../config.ts'
import { BlobRefused, type Blobs, StorageUnavailable } from './blobs.ts'

/** A scanner that says nothing for this long is down. */
const PATIENCE_MS = 60_000
/** Scanners load large tables: as many at once, and the rest of a hall waits. */
const AT_ONCE = 4

/**
 * Shows every blob to a program of the operator's before it counts as kept: its bytes on standard input; exit code 0 lets
 * them pass and 1 refuses them, as clamdscan does. Whatever else the program does, nothing unseen is kept.
 */
export function scanned(blobs: Blobs, command: readonly string[]): Blobs {
  const inTurn = turns(AT_ONCE)
  return {
    ...blobs,
    /** @throws BlobRefused, and what `put` throws */
    async put(source, options) {
      const stored = await blobs.put(source, options)
      try {
        const is_clean = await inTurn(async () => scan(command, (await blobs.read(stored.key)).stream))
        if (!is_clean) throw new BlobRefused('the scanner refused it')
        return stored
      } catch (error) {
        await blobs.remove(stored.key).catch(() => {})
        throw error
      }
    },
  }
}

/** Shows the scanner a few harmless bytes at the start. @throws ConfigError where it does not let them pass */
export async function proveScanner(command: readonly string[]): Promise<void> {
  const is_clean = await scan(command, [Buffer.from('gradus')]).catch((error: Error) => error.message)
  if (is_clean !== true)
    throw new ConfigError(
      `GRADUS_SCAN_COMMAND does not let six harmless bytes pass${is_clean === false ? '' : ` (${is_clean})`}. See docs/guide/storage.md.`,
    )
}

/** @throws StorageUnavailable where it neither passes nor refuses */
async function scan([program, ...args]: readonly string[], bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<boolean> {
  const child = spawn(program!, args, { stdio: ['pipe', 'ignore', 'ignore'], env: childEnvironment({}), timeout: PATIENCE_MS })
  const ended = new Promise<number | string>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'no code'))
  })
  // A scanner may have seen enough before the end; what it then says is what counts.
  await pipeline(bytes, child.stdin).catch(() => {})
  const end = await ended
  if (end === 0 || end === 1) return end === 0
  throw new StorageUnavailable(`the scanner ended with ${end}`)
}

/** Runs at most `most` of what it is given at the same time, in order. */
function turns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
