import { availableParallelism } from 'node:os'
import type { Language, Limits } from '@gradus/problem/spec'
import { type Compilation, type Program, type Run, type RunInput, type Sandbox, SandboxFailure, type Source } from '../sandbox.ts'
import type { Job, WasmLanguage } from './messages.ts'
import { type Keeper, KeeperLost, startKeeper } from './process.ts'

/** A compiled program is its checked source: the interpreters compile it again in every run. */
interface WasmProgram extends Program {
  language: WasmLanguage
  source: Source
}

const RUNTIMES: readonly { language: WasmLanguage; runtime: string; extension: string }[] = [
  { language: 'python', runtime: 'CPython 3.12.0 (WebAssembly)', extension: '.py' },
  { language: 'javascript', runtime: 'QuickJS 2025-09-13 (WebAssembly)', extension: '.js' },
]

const COMPILE_LIMITS: Limits = { time_ms: 10_000, memory_mb: 256, output_kb: 64 }

/**
 * The sandbox that works on every machine: CPython and QuickJS compiled to WebAssembly, in a process of its own, each
 * run in a fresh thread and a fresh memory. Programs see no file, network, process or variable of the machine.
 * It has proved that both interpreters run before it is returned. `slots` is how many run at once, by default one per
 * processor; more wait their turn, and their time begins when they do.
 *
 * A process that is lost is replaced. The runs it took along are tried once more, each alone, because one of them may
 * be to blame; SandboxFailure is thrown for the one that fails again.
 */
export async function openWasmSandbox(options: { slots?: number } = {}): Promise<Sandbox> {
  const enter = turnstile(options.slots ?? availableParallelism())
  let keeper: Promise<Keeper> | null = null
  let isClosed = false

  const current = async (): Promise<Keeper> => {
    if (isClosed) throw new SandboxFailure('the sandbox is closed')
    const held = await keeper?.catch(() => null)
    if (held?.isAlive) return held
    keeper = startKeeper()
    return keeper
  }

  async function runJob(job: Job, signal?: AbortSignal): Promise<Run> {
    signal?.throwIfAborted()
    const leave = await enter()
    try {
      return await (await current()).run(job, signal)
    } catch (error) {
      if (!(error instanceof KeeperLost) || isClosed) throw asFailure(error)
      return await runAlone(job, signal)
    } finally {
      leave()
    }
  }

  async function runAlone(job: Job, signal?: AbortSignal): Promise<Run> {
    const own = await startKeeper().catch((error) => {
      throw asFailure(error)
    })
    try {
      return await own.run(job, signal)
    } catch (error) {
      throw asFailure(error)
    } finally {
      await own.close()
    }
  }

  async function compile(source: Source, signal?: AbortSignal): Promise<Compilation> {
    const language = wasmLanguage(source.language)
    const { extension } = RUNTIMES.find((one) => one.language === language)!
    const checked = Object.keys(source.files).filter((name) => name.endsWith(extension))
    const job: Job = { language, files: source.files, main: source.main, checked, stdin: new Uint8Array(), limits: COMPILE_LIMITS }
    const { ending, stderr } = await runJob(job, signal)
    const output = new TextDecoder().decode(stderr)
    if (ending.kind !== 'exit' || ending.code !== 0) return { ok: false, output, ending }
    const program: WasmProgram = { language, source, release: async () => {} }
    return { ok: true, program, output }
  }

  async function run(program: Program, input: RunInput, signal?: AbortSignal): Promise<Run> {
    const { language, source } = program as WasmProgram
    const files = { ...input.files, ...source.files }
    return await runJob({ language, files, main: source.main, checked: null, stdin: input.stdin, limits: input.limits }, signal)
  }

  async function close(): Promise<void> {
    isClosed = true
    await keeper?.then(
      (held) => held.close(),
      () => {},
    )
  }

  const sandbox: Sandbox = { name: 'wasm', languages: RUNTIMES.map(({ language, runtime }) => ({ language, runtime })), compile, run, close }
  await prove(sandbox).catch(async (error) => {
    await close()
    throw error
  })
  return sandbox
}

/**
 * Runs a first program in each language, which also warms the interpreters. Seen on 2 cores with little else running:
 * CPython's first start in a process 190 ms, each later one 45 ms; from call to result a hello in Python 60 to 75 ms,
 * in JavaScript 20 to 30 ms. `node bench/wasm-start.ts` prints them for a machine.
 */
async function prove(sandbox: Sandbox): Promise<void> {
  const programs = { python: ['main.py', 'print(6 * 7)'], javascript: ['main.js', 'console.log(6 * 7)'] } as const
  for (const [language, [main, text]] of Object.entries(programs)) {
    const source = { language: language as Language, files: { [main]: new TextEncoder().encode(text) }, main, compiler_flags: [] }
    const compiled = await sandbox.compile(source)
    if (!compiled.ok) throw new SandboxFailure(`${language} does not compile in WebAssembly: ${compiled.output}`)
    const { stdout, stderr } = await sandbox.run(compiled.program, { stdin: new Uint8Array(), limits: COMPILE_LIMITS })
    if (new TextDecoder().decode(stdout) !== '42\n')
      throw new SandboxFailure(`${language} does not run in WebAssembly: ${new TextDecoder().decode(stderr)}`)
  }
}

function wasmLanguage(language: Language): WasmLanguage {
  if (language === 'python' || language === 'javascript') return language
  throw new SandboxFailure(`the wasm sandbox cannot run ${language}`)
}

const asFailure = (error: unknown): unknown => (error instanceof KeeperLost ? new SandboxFailure(error.message, { cause: error }) : error)

/** Lets `places` in at once, the others in order. The caller leaves by what it was given. */
function turnstile(places: number): () => Promise<() => void> {
  let free = places
  const queue: (() => void)[] = []
  const leave = () => {
    const next = queue.shift()
    if (next) next()
    else free++
  }
  return async () => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => queue.push(resolve))
    return leave
  }
}
