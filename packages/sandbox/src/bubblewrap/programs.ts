import type { Limits } from '@gradus/problem/spec'
import { type Compilation, type Program, type Run, type RunInput, SandboxFailure, type Source } from '../sandbox.ts'
import { type Box, type BoxLimits, type Ended, startBox } from './box.ts'
import { argumentsOf, discardFolder, extendFolder, makeFolder } from './folders.ts'
import type { Ground } from './ground.ts'
import type { Toolchain } from './toolchains.ts'

/** A learner's program on the host: a folder of our own that boxes see as /sub. */
interface NativeProgram extends Program {
  readonly toolchain: Toolchain
  readonly source: Source
  readonly folder: string
  /** A box that checked the syntax and stands at its gate, for the first run to use. Nothing of the program has run in it. */
  waiting: { box: Box; argv: readonly string[] } | null
}

const KIB = 1024
const MIB = 1024 * KIB
const PIDS = 64

/** What a compiler may use. Its stdout carries the compiled program; what it says is capped (sandbox.ts). */
const COMPILING: BoxLimits = { time_ms: 10_000, memory_bytes: 512 * MIB, pids: PIDS, stdout_bytes: 64 * MIB, stderr_bytes: 64 * KIB }
/** Room for a program to write files in its working folder, and for a compiler to. */
export const RUN_ROOM_MB = 64
const COMPILE_ROOM_MB = 256
/** A program at its gate started before the run's limits are known (Node takes its heap size then): these are the contract's defaults. */
const EXPECTED: Limits = { time_ms: 2_000, memory_mb: 256, output_kb: 64 }
/** A box that waits at its gate and is not asked for is let go after this long. */
const LONGEST_WAIT_MS = 60_000

/** Compiles, or checks the syntax and keeps the box that did so for the first run. */
export async function compileSource(ground: Ground, toolchain: Toolchain, source: Source, signal?: AbortSignal): Promise<Compilation> {
  const names = toolchain.compile ? [] : Object.keys(source.files)
  const folder = makeFolder(ground, {
    files: source.files,
    names,
    shown: toolchain.shown,
    room_mb: toolchain.compile ? COMPILE_ROOM_MB : RUN_ROOM_MB,
  })
  try {
    if (!toolchain.compile) return await checkAndKeep(ground, toolchain, source, folder, signal)
    const compiling = startBox(ground, { arguments_file: argumentsOf(folder), argv: toolchain.compile(source), limits: COMPILING, has_gate: false })
    const { ending, stdout, stderr } = await until(compiling, signal)
    discardFolder(folder)
    const output = stderr.toString()
    if (ending.kind !== 'exit' || ending.code !== 0) return { ok: false, output, ending }
    const program_folder = makeFolder(ground, { files: { program: stdout }, names: [], shown: toolchain.shown, room_mb: RUN_ROOM_MB, mode: 0o555 })
    return { ok: true, output, program: programOf(toolchain, source, program_folder, null) }
  } catch (error) {
    discardFolder(folder)
    throw error
  }
}

async function checkAndKeep(ground: Ground, toolchain: Toolchain, source: Source, folder: string, signal?: AbortSignal): Promise<Compilation> {
  const argv = toolchain.run(source, EXPECTED)
  const limits = { ...COMPILING, memory_bytes: EXPECTED.memory_mb * MIB }
  const box = startBox(ground, { arguments_file: argumentsOf(folder), argv, limits, has_gate: true })
  const byte = await Promise.race([box.ready, until(box, signal).then(() => null)])
  if (byte === 'r') return { ok: true, output: '', program: programOf(toolchain, source, folder, { box, argv }) }
  if (byte === null) return await refused(box, folder)
  await dismiss(box)
  const checking = startBox(ground, { arguments_file: argumentsOf(folder), argv: toolchain.check!(source), limits: COMPILING, has_gate: false })
  const { ending } = await until(checking, signal)
  const is_right = ending.kind === 'exit' && ending.code === 0
  return is_right ? { ok: true, output: '', program: programOf(toolchain, source, folder, null) } : await refused(checking, folder)
}

async function refused(box: Box, folder: string): Promise<Compilation> {
  const { ending, stderr } = await box.ended
  discardFolder(folder)
  return { ok: false, output: stderr.toString(), ending }
}

function programOf(toolchain: Toolchain, source: Source, folder: string, waiting: NativeProgram['waiting']): NativeProgram {
  const letGo = async () => {
    const { waiting } = program
    program.waiting = null
    if (waiting) await dismiss(waiting.box)
  }
  const program: NativeProgram = {
    language: toolchain.language,
    ...{ toolchain, source, folder, waiting },
    release: async () => {
      await letGo()
      discardFolder(folder)
    },
  }
  if (waiting) {
    const timer = setTimeout(() => void letGo(), LONGEST_WAIT_MS).unref()
    waiting.box.ended.then(
      () => clearTimeout(timer),
      () => clearTimeout(timer),
    )
  }
  return program
}

/** Runs a program in a box of its own. */
export async function runProgram(ground: Ground, program: Program, input: RunInput, signal?: AbortSignal): Promise<Run> {
  if (!isNative(program)) throw new SandboxFailure('This program was compiled by another sandbox')
  const { toolchain, source } = program
  const argv = toolchain.run(source, input.limits)
  const limits = limitsOf(input.limits, toolchain.least_memory_mb)
  const more = Object.keys(input.files ?? {})
  const waiting = more.length > 0 ? null : await takeWaiting(program, argv, limits, input.stdin)
  if (waiting) {
    try {
      return told(await until(waiting, signal), toolchain)
    } catch (error) {
      // It may have been lost while it waited, which shows only now: a fresh box answers for itself.
      if (!(error instanceof SandboxFailure)) throw error
    }
  }

  const own = toolchain.compile ? [] : Object.keys(source.files)
  const spec = { files: input.files ?? {}, names: [...new Set([...more, ...own])], shown: toolchain.shown, room_mb: RUN_ROOM_MB }
  const folder = more.length > 0 ? extendFolder(ground, program.folder, spec) : program.folder
  try {
    const box = startBox(ground, { arguments_file: argumentsOf(folder), argv, limits, has_gate: !toolchain.compile, stdin: input.stdin })
    if (toolchain.compile) return told(await until(box, signal), toolchain)
    const byte = await Promise.race([box.ready, until(box, signal).then(() => null)])
    if (byte !== null) box.open(limits, input.stdin)
    return told(await until(box, signal), toolchain)
  } finally {
    if (folder !== program.folder) discardFolder(folder)
  }
}

/** The box that checked the syntax, let through its gate; null where there is none that fits these limits. */
async function takeWaiting(program: NativeProgram, argv: readonly string[], limits: BoxLimits, stdin: Uint8Array): Promise<Box | null> {
  const { waiting } = program
  program.waiting = null
  if (!waiting) return null
  try {
    if (waiting.argv.join('\0') === argv.join('\0')) {
      waiting.box.open(limits, stdin)
      return waiting.box
    }
  } catch {
    // The check has used more memory than this run may: a fresh box starts with none.
  }
  await dismiss(waiting.box)
  return null
}

/** Ends a box nobody asks anything of any more, whether or not it has been lost already. */
async function dismiss(box: Box): Promise<void> {
  box.kill()
  await box.ended.catch(() => {})
}

export function limitsOf({ time_ms, memory_mb, output_kb }: Limits, least_memory_mb: number): BoxLimits {
  const bytes = output_kb * KIB
  return { time_ms, memory_bytes: Math.max(memory_mb, least_memory_mb) * MIB, pids: PIDS, stdout_bytes: bytes, stderr_bytes: bytes }
}

/** A runtime that keeps its heap within the box says so and exits; that is a memory limit all the same. */
function told(ended: Ended, { out_of_memory }: Toolchain): Run {
  const has_failed = ended.ending.kind === 'signal' || (ended.ending.kind === 'exit' && ended.ending.code !== 0)
  return has_failed && out_of_memory?.test(ended.stderr.toString('latin1')) ? { ...ended, ending: { kind: 'memory_limit' } } : ended
}

function isNative(program: Program): program is NativeProgram {
  return 'toolchain' in program && 'folder' in program
}

/** Waits for a box to end; kills it, and throws the signal's reason, when the caller gives up. */
export async function until(box: Box, signal?: AbortSignal): Promise<Ended> {
  const giveUp = () => box.kill()
  signal?.addEventListener('abort', giveUp, { once: true })
  if (signal?.aborted) giveUp()
  try {
    const ended = await box.ended
    signal?.throwIfAborted()
    return ended
  } finally {
    signal?.removeEventListener('abort', giveUp)
  }
}
