import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { S3Config } from '../src/config.ts'

const src = (file: string): string => JSON.stringify(pathToFileURL(join(import.meta.dirname, '../src', file)).href)

/** What a process needs to be told to use a bucket. */
export const s3Environment = (s3: S3Config): Record<string, string> => ({
  S3_ENDPOINT: s3.endpoint!,
  S3_BUCKET: s3.bucket,
  S3_REGION: s3.region,
  S3_ACCESS_KEY_ID: s3.access_key_id,
  S3_SECRET_ACCESS_KEY: s3.secret_access_key,
})

/**
 * A process of its own with a store open: to be killed, to be measured, to have a small disk. Runs `code`, which finds
 * `blobs`, `source(count)` (so many MiB, one by one) and `say(text)`. `shell`: what runs before it, in the same namespaces.
 */
export function blobsInChild(env: Record<string, string>, code: string, shell?: { namespaces: string; before: string }) {
  const program = `
    const { readConfig } = await import(${src('config.ts')})
    const { openBlobs } = await import(${src('storage/open.ts')})
    const blobs = await openBlobs(readConfig())
    const say = (text) => console.log(text)
    const mib = new Uint8Array(1024 * 1024).fill(7)
    async function* source(count) { for (let i = 0; i < count; i++) yield mib }
    ${code}
    await blobs.close()`
  const node = ['--input-type=module', '--eval', program]
  const given = { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] }
  const child: ChildProcess =
    shell === undefined
      ? spawn(process.execPath, node, given)
      : spawn('unshare', [shell.namespaces, 'sh', '-ec', `${shell.before}; exec "$0" "$@"`, process.execPath, ...node], given)
  let stdout = ''
  let stderr = ''
  child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  return {
    child,
    ended,
    /** Resolves once `text` was said. */
    said: (text: string) =>
      new Promise<void>((resolve, reject) => {
        child.stdout!.on('data', (chunk: Buffer) => {
          stdout += chunk
          if (stdout.includes(text)) resolve()
        })
        ended.then(() => reject(new Error(`ended before saying ${text}: ${stdout}${stderr}`)))
      }),
    /** All it said, after it ended well. */
    async finished(): Promise<string> {
      child.stdout!.on('data', (chunk: Buffer) => (stdout += chunk))
      await ended
      if (child.exitCode !== 0) throw new Error(`ended with ${child.signalCode ?? child.exitCode}: ${stdout}${stderr}`)
      return stdout
    },
  }
}
