import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbedded } from '../src/db/embedded.ts'
import { findRunning, signal } from '../src/db/embedded-process.ts'

const prefix = 'gradus-test-postgres-'

/**
 * A throw-away embedded server for one run of the suite, with the product's own durable settings, so that a test may
 * start the product on it. `url` may make databases.
 */
export async function openEmbeddedForTests(): Promise<{ url: string; close(): Promise<void> }> {
  removeRemains()
  const data_dir = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`))
  const quiet = { info() {}, warn: (message: string) => console.error(message) }
  const server = await openEmbedded({
    data_dir,
    log: quiet,
    onGone(error) {
      throw error
    },
  })
  return {
    url: server.superuser_url,
    async close() {
      await server.stop()
      rmSync(data_dir, { recursive: true, force: true })
    },
  }
}

/** A run that was killed leaves its server behind: it is stopped and its folder removed. */
function removeRemains(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const data_dir = join(tmpdir(), name)
    if (isAlive(Number(name.slice(prefix.length).split('-')[0]))) continue
    const running = findRunning(join(data_dir, 'postgres'))
    if (running !== null) signal(running.pid, 'SIGQUIT')
    rmSync(data_dir, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
