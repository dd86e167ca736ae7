import { WASI, wasi } from '@bjorn3/browser_wasi_shim'
import type { Ending } from '../sandbox.ts'
import { Printer, readerOf, rootOf } from './files.ts'
import type { Interpreters, Job } from './messages.ts'
import { append, noteMemory, noteSleep, printed, type RunRecord, type Stream } from './record.ts'
import { PAGE_BYTES } from './rewrite.ts'
import { pollOneoff } from './wait.ts'

/** Thrown through the interpreter when it has printed more than it may: nothing inside can catch it. */
class OutputLimit extends Error {}

/**
 * Runs a Python program in CPython. Its world is a directory in memory with the program's files, a clock, random
 * numbers and three streams: of this machine it sees no file, no network and no environment. `onStart` is called when
 * the interpreter is up and opens the program. Throws only where the interpreter itself could not be set up.
 */
export function runPython(interpreters: Interpreters, job: Job, record: RunRecord, onStart: () => void): Ending {
  const { python, python_pages, stack_pages } = interpreters
  // The stack is part of the interpreter here as the process's stack is elsewhere: it is not charged to the program.
  const maximum = stack_pages + (job.limits.memory_mb * 1_048_576) / PAGE_BYTES
  const memory = new WebAssembly.Memory({ initial: python_pages, maximum: Math.max(python_pages, maximum) })
  const noteUse = () => noteMemory(record, memory.buffer.byteLength - stack_pages * PAGE_BYTES)
  const printer = (stream: Stream) =>
    new Printer((data) => {
      noteUse()
      if (!append(record, stream, data)) throw new OutputLimit()
    })

  let hasStarted = job.checked !== null
  if (hasStarted) onStart()
  noteUse()
  const root = rootOf(job.files, (path) => {
    if (hasStarted || path !== job.main) return
    hasStarted = true
    onStart()
  })
  const args = job.checked === null ? ['python', `/${job.main}`] : ['python', '-S', '-c', CHECK, ...job.checked]
  const shim = new WASI(args, ENVIRONMENT, [readerOf(job.stdin), printer(1), printer(2), root], { debug: false })
  const instance = new WebAssembly.Instance(python, {
    env: { memory },
    wasi_snapshot_preview1: { ...shim.wasiImport, ...ownImports(memory, record) },
  })
  try {
    const { _start } = instance.exports as { _start: () => void }
    const code = shim.start({ exports: { memory, _start } }) & 0xff
    return code !== 0 && ranOutOfMemory(memory, maximum, record) ? { kind: 'memory_limit' } : { kind: 'exit', code }
  } catch (error) {
    if (error instanceof OutputLimit) return { kind: 'output_limit' }
    if (ranOutOfMemory(memory, maximum, record)) return { kind: 'memory_limit' }
    return signalOf(error)
  } finally {
    noteUse()
  }
}

/**
 * The order of sets and of the keys' hashes is the same in every run, so that a regrade cannot come out differently.
 * Side effect: it is also the same for every learner.
 */
const ENVIRONMENT = ['PYTHONHASHSEED=0', 'PYTHONDONTWRITEBYTECODE=1', 'PYTHONUTF8=1']

/** Compiles each file named and runs none; what the compiler says goes to stderr as Python says it. */
const CHECK = `
import sys
for name in sys.argv[1:]:
    with open("/" + name, "rb") as file:
        source = file.read()
    try:
        compile(source, name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        import traceback
        sys.stderr.write("".join(traceback.format_exception_only(error)))
        sys.exit(1)
`

/** CPython answers a refused allocation by MemoryError, and near the end of its memory by whatever failed first. */
function ranOutOfMemory(memory: WebAssembly.Memory, maximum_pages: number, record: RunRecord): boolean {
  if (memory.buffer.byteLength >= 0.98 * maximum_pages * PAGE_BYTES) return true
  const end = new TextDecoder().decode(printed(record, 2).subarray(-40))
  // Only the bare word: with a text it is the parser's, whose stack has nothing to do with the limit.
  return /(?:^|\n)MemoryError\n$/.test(end)
}

/** What the interpreter's fall looks like from outside: as the signal a native one would have died of. */
function signalOf(error: unknown): Ending {
  if (error instanceof WebAssembly.RuntimeError && error.message === 'unreachable') return { kind: 'signal', signal: 'SIGABRT' }
  // Out of bounds, a stack overflow of the thread, or a pointer outside the memory handed to us.
  if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) return { kind: 'signal', signal: 'SIGSEGV' }
  throw error
}

/** Where the shim throws, spins or answers nothing. */
function ownImports(memory: WebAssembly.Memory, record: RunRecord) {
  const refuse = () => wasi.ERRNO_NOSYS
  return {
    poll_oneoff: (...args: Parameters<typeof pollOneoff>[2]) => pollOneoff(memory, (milliseconds) => noteSleep(record, milliseconds), args),
    sched_yield: () => wasi.ERRNO_SUCCESS,
    proc_raise: refuse,
    sock_accept: refuse,
    sock_recv: refuse,
    sock_send: refuse,
    sock_shutdown: refuse,
  }
}
