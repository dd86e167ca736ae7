import { newQuickJSWASMModuleFromVariant, newVariant, type QuickJSContext, type QuickJSHandle, RELEASE_SYNC } from 'quickjs-emscripten'
import type { Ending } from '../sandbox.ts'
import type { Interpreters, Job } from './messages.ts'
import { append, noteMemory, printed, type RunRecord, type Stream } from './record.ts'
import { PAGE_BYTES } from './rewrite.ts'

/** What QuickJS's module asks for to begin with. */
const FIRST_PAGES = 256
/** About as many calls inside each other as Node takes, 10,900; the thread's own stack (see keeper.ts) is ample for it. */
const STACK_BYTES = 2 * 1_048_576

/**
 * Runs a JavaScript program in QuickJS, with what prelude.js gives it and nothing of this machine. `onStart` is
 * called when the program begins. Throws only where the interpreter itself could not be set up.
 */
export async function runJavascript(interpreters: Interpreters, job: Job, record: RunRecord, onStart: () => void): Promise<Ending> {
  const maximum = Math.max(FIRST_PAGES, (job.limits.memory_mb * 1_048_576) / PAGE_BYTES)
  const memory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum })
  const variant = newVariant(RELEASE_SYNC, { wasmModule: interpreters.javascript, wasmMemory: memory })
  const quickjs = await newQuickJSWASMModuleFromVariant(variant)
  const runtime = quickjs.newRuntime()
  runtime.setMaxStackSize(STACK_BYTES)
  const context = runtime.newContext()

  let ending = null as Ending | null
  // Asked every few thousand steps; what it stops cannot be caught by the program.
  runtime.setInterruptHandler(() => ending !== null)
  const end = (how: Ending) => {
    ending ??= how
  }
  const host = hostFor(context, job, record, end, () => {
    noteMemory(record, memory.buffer.byteLength)
    return ending !== null
  })

  try {
    if (job.checked) {
      onStart()
      return check(context, job, record)
    }
    const format = context.unwrapResult(context.evalCode(interpreters.inspect_source, 'gradus:inspect'))
    const begin = context.unwrapResult(context.evalCode(interpreters.prelude_source, 'gradus:prelude'))
    const run = context.unwrapResult(context.callFunction(begin, context.undefined, host, format))
    onStart()
    const left = context.callFunction(run, context.undefined, context.newString(job.main))
    if (!settle(context, record, () => ending !== null)) end({ kind: 'exit', code: 1 })
    if (ending !== null) return ending.kind === 'exit' && ending.code !== 0 && saysOutOfMemory(record) ? { kind: 'memory_limit' } : ending
    // The prelude itself could not go on: the program left it no memory to say so.
    if (left.error) return isFull(memory, maximum) ? { kind: 'memory_limit' } : { kind: 'signal', signal: 'SIGABRT' }
    return endingOfItsOwn(context)
  } catch (error) {
    if (ending !== null) return ending
    if (isFull(memory, maximum)) return { kind: 'memory_limit' }
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) return { kind: 'signal', signal: 'SIGSEGV' }
    throw error
  } finally {
    noteMemory(record, memory.buffer.byteLength)
  }
}

/** Runs what promises have left to do. A job fails as such only when its engine does: it has no memory left. */
function settle(context: QuickJSContext, record: RunRecord, isOver: () => boolean): boolean {
  while (!isOver() && context.runtime.hasPendingJob()) {
    const { error } = context.runtime.executePendingJobs()
    if (!error || isOver()) continue
    const { name, message } = context.dump(error) ?? {}
    append(record, 2, new TextEncoder().encode(`${name}: ${message}\n`))
    return false
  }
  return true
}

/** A program that came to its end leaves with process.exitCode, as in Node. */
function endingOfItsOwn(context: QuickJSContext): Ending {
  const code = context.dump(context.unwrapResult(context.evalCode('globalThis.process?.exitCode', 'gradus:end')))
  return { kind: 'exit', code: typeof code === 'number' ? code & 0xff : 0 }
}

/** Compiles each file as the body of a CommonJS module, and runs none. */
function check(context: QuickJSContext, job: Job, record: RunRecord): Ending {
  for (const name of job.checked!) {
    const compiled = context.evalCode(asModule(decode(job.files[name]!)), name)
    if (!compiled.error) continue
    const error = context.dump(compiled.error)
    const where = placed(String(error.stack ?? '').trim())
    append(record, 2, new TextEncoder().encode(`${error.name}: ${error.message}\n${where === '' ? '' : `    ${where}\n`}`))
    return { kind: 'exit', code: 1 }
  }
  return { kind: 'exit', code: 0 }
}

/** On one line with the program's first, so that line numbers stay. A `#!` line becomes a comment. */
const HEAD = '(function (exports, require, module, __filename, __dirname) {'
const asModule = (text: string): string => `${HEAD}${text.replace(/^#!/, '//')}\n})`
/** A place as the program's author sees it: columns of the first line begin where the program does. */
const placed = (line: string): string => line.replace(/:1:([0-9]+)/, (_, column) => `:1:${Math.max(1, Number(column) - HEAD.length)}`)
const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)

const isFull = (memory: WebAssembly.Memory, maximum_pages: number): boolean => memory.buffer.byteLength >= 0.98 * maximum_pages * PAGE_BYTES

/** QuickJS's word for a refused allocation, as the prelude wrote it. Memory grows ahead of need, so its size alone proves nothing. */
function saysOutOfMemory(record: RunRecord): boolean {
  return /(?:^|\n)InternalError: out of memory\n/.test(new TextDecoder().decode(printed(record, 2).subarray(-4_096)))
}

function hostFor(context: QuickJSContext, job: Job, record: RunRecord, end: (how: Ending) => void, isOver: () => boolean): QuickJSHandle {
  const host = context.newObject()
  const offer = (name: string, call: (...args: QuickJSHandle[]) => QuickJSHandle | { error: QuickJSHandle }) =>
    context.setProp(host, name, context.newFunction(name, call))
  const pieces = (bytes: Uint8Array) => {
    const list = context.newArray()
    decode(bytes)
      .split('\0')
      .forEach((piece, i) => {
        context.setProp(list, i, context.newString(piece))
      })
    return list
  }
  const encoder = new TextEncoder()

  offer('write', (stream, text, isCut) => {
    if (isOver()) return context.true
    const data = encoder.encode(context.getString(text!) + (context.dump(isCut!) ? '\0' : ''))
    if (!append(record, context.getNumber(stream!) as Stream, data)) end({ kind: 'output_limit' })
    return isOver() ? context.true : context.false
  })
  offer('stdin', () => pieces(job.stdin))
  offer('file', (name) => {
    const text = context.getString(name!)
    return Object.hasOwn(job.files, text) ? pieces(job.files[text]!) : context.undefined
  })
  offer('compile', (name) => {
    const file = context.getString(name!)
    const compiled = context.evalCode(asModule(decode(job.files[file]!)), file)
    return compiled.error ? { error: compiled.error } : compiled.value
  })
  offer('place', (line) => context.newString(placed(context.getString(line!))))
  offer('exit', (code) => {
    end({ kind: 'exit', code: context.getNumber(code!) & 0xff })
    return context.undefined
  })
  return host
}
