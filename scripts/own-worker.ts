import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { childEnvironment } from '../apps/server/src/config.ts'
import type { openLog } from '../apps/server/src/http/log.ts'

const repository = join(import.meta.dirname, '..')
/** A worker that has not ended after this long is killed; its jobs go back when their leases end. */
const END_PATIENCE_MS = 20_000

/**
 * Keeps one grading worker running beside the server: started again, ever more slowly, when it ends by itself.
 * Its grader key travels in its environment alone; no secret of the server does.
 */
export function superviseWorker(
  told: { server: string; token: string; slots: number; log_level: string },
  log: ReturnType<typeof openLog>,
): { stop(): Promise<void> } {
  let child: ChildProcess
  let isStopping = false
  let pause_ms = 500
  let timer: NodeJS.Timeout | undefined

  const start = (): void => {
    const started_at = Date.now()
    const preload = pathToFileURL(join(import.meta.dirname, 'end-with-parent.ts')).href
    child = spawn(process.execPath, ['--import', preload, join(repository, 'apps/worker/src/main.ts')], {
      cwd: repository,
      // A session of its own: Ctrl-C reaches us alone, and we end the worker before the server it reports to.
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: childEnvironment({
        GRADUS_SERVER: told.server,
        GRADUS_GRADER_TOKEN: told.token,
        GRADUS_WORKERS: String(told.slots),
        GRADUS_LOG: told.log_level,
      }),
    })
    child.once('error', (error) => log.error({ err: error }, 'the grading worker could not be started'))
    child.once('exit', (code, signal) => {
      if (isStopping) return
      pause_ms = Date.now() - started_at > 60_000 ? 500 : Math.min(pause_ms * 2, 30_000)
      log.error({ code, signal, again_in_ms: pause_ms }, 'the grading worker ended; starting it again')
      timer = setTimeout(start, pause_ms)
    })
  }
  start()

  return {
    async stop() {
      isStopping = true
      clearTimeout(timer)
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
      child.kill('SIGTERM')
      const kill = setTimeout(() => child.kill('SIGKILL'), END_PATIENCE_MS)
      await gone
      clearTimeout(kill)
    },
  }
}
