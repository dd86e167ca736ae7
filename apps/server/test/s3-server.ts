import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import type { S3Config } from '../src/config.ts'

/** The interpreter that Debian's packages belong to, whatever other Python comes first on the path. */
const PYTHON = '/usr/bin/python3'

export interface S3Server {
  /** A bucket on it and the right keys. */
  config: S3Config
  /** A further, empty bucket. */
  bucket(): Promise<S3Config>
  stop(): Promise<void>
}

/** Whether the package python3-swift is installed; says so loudly where it is not, because half of the storage's proof is missing then. */
export function hasS3Server(): boolean {
  const is_here = spawnSync(PYTHON, ['-c', 'import swift, lxml']).status === 0
  if (!is_here) console.error('SKIPPED: everything about S3, because there is no S3 server here. To have one: apt-get install python3-swift')
  return is_here
}

/**
 * Starts an S3 server that checks signatures (s3-server.py: OpenStack Swift) in a folder of its own on a free port.
 * Needs no rights. Ends with this process at the latest.
 */
export async function startS3Server(): Promise<S3Server> {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-s3-'))
  const access_key_id = 'test:gradus'
  const secret_access_key = randomBytes(16).toString('hex')
  const region = 'eu-test-1'
  const child = spawn(PYTHON, [join(import.meta.dirname, 's3-server.py'), folder, access_key_id, secret_access_key, region], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH },
  })
  const ended = new Promise((resolve) => child.once('close', resolve))
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  let complaints = ''
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk))
  try {
    const port = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => resolve(/port (\d+)/.exec(String(chunk))![1]!))
      ended.then(() => reject(new Error(`the S3 server ended: ${complaints}`)))
    })
    const endpoint = `http://127.0.0.1:${port}`
    const bucket = async (): Promise<S3Config> => {
      const config = { endpoint, bucket: `test-${randomBytes(6).toString('hex')}`, region, access_key_id, secret_access_key, is_path_style: true }
      const credentials = { accessKeyId: access_key_id, secretAccessKey: secret_access_key }
      const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials })
      await client.send(new CreateBucketCommand({ Bucket: config.bucket }))
      client.destroy()
      return config
    }
    return { config: await bucket(), bucket, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
