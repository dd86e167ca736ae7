import { closeSync, existsSync, openSync, readFileSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname } from 'node:path'
import { type Run, type RunInput, type Sandbox, SandboxFailure } from '../sandbox.ts'
import type { View } from './arguments.ts'
import { startBox } from './box.ts'
import { openGroups } from './cgroup.ts'
import { findCgroupHome, readStanding, type Standing } from './find-cgroup.ts'
import { argumentsOf, discardFolder, makeFolder } from './folders.ts'
import { type Ground, inheritedDescriptors, openAccounts } from './ground.ts'
import { findBubblewrap, findCommand, type Lack, thisMachine, topLevel } from './host.ts'
import { compileSource, limitsOf, RUN_ROOM_MB, runProgram, until } from './programs.ts'
import { runBare, selfTest } from './self-test.ts'
import { makeState } from './state.ts'
import { type Candidate, candidates, type Toolchain } from './toolchains.ts'

/** A native sandbox on Linux (reliability-security.md 2.3). */
export interface BubblewrapSandbox extends Sandbox {
  readonly name: 'bubblewrap'
  /** Which kernel interface bounds the boxes: told by `npm run doctor`. */
  readonly bounded_by: 'cgroup v1' | 'cgroup v2'
  /** Languages that cannot run here, and the line that brings each. */
  readonly missing: readonly { language: string; reason: string; mend: string }[]
  /** Runs any command in a fresh box. For the attack corpus; nothing of it reaches learners. */
  runCommand(argv: readonly string[], input: RunInput, signal?: AbortSignal): Promise<Run>
}

export interface BubblewrapOptions {
  /** Where bwrap, compilers and interpreters are looked for. Never the caller's PATH, which may hold shims of its account. */
  search_path?: string
  /** Where our own folder is made. */
  temporary_folder?: string
  /** Where this process stands among cgroups; read from /proc by default. */
  standing?: Standing
}

export type Opened = { ok: true; sandbox: BubblewrapSandbox } | { ok: false; reasons: string[]; mend: string[] }

const SEARCH_PATH = '/usr/local/bin:/usr/bin:/bin'

/**
 * Opens the native sandbox, or says what this machine lacks and the line that mends it. Nothing is assumed: boxes are
 * tried, and must hold, before the sandbox is handed out. Never falls back to less. Takes about half a second.
 */
export async function openBubblewrap(options: BubblewrapOptions = {}): Promise<Opened> {
  if (process.platform !== 'linux')
    return { ok: false, reasons: [`${process.platform} has no namespaces and no cgroups`], mend: ['run the worker on Linux'] }
  const search_path = options.search_path ?? SEARCH_PATH
  const [machine, bwrap, cgroup] = [thisMachine(), await findBubblewrap(search_path), await findCgroupHome(options.standing ?? readStanding())]
  const lacks = [machine, bwrap].filter((one) => typeof one !== 'string')
  if (!cgroup.ok) lacks.push(cgroup)
  const accounts = openAccounts(process.getuid!(), readFileSync('/proc/self/uid_map', 'utf8'))
  if ('reason' in accounts) lacks.push(accounts)
  if (typeof machine !== 'string' || typeof bwrap !== 'string' || !cgroup.ok || 'reason' in accounts) return refusal(lacks)

  const state = makeState(options.temporary_folder ?? tmpdir(), machine, process.execPath)
  const host = topLevel()
  const inherited = inheritedDescriptors()
  const ground: Ground = {
    ...{
      bwrap,
      groups: openGroups(cgroup.home),
      alive: new Set(),
      nothing: openSync('/dev/null', 'r+'),
      state,
      links: host.links,
    },
    shown: host.shown,
    accounts,
    inherited,
  }
  const broken = await selfTest(ground)
  if (broken.length > 0) {
    await close(ground)
    return refusal(broken)
  }
  const found = await Promise.all(candidates.map((candidate) => tryToolchain(ground, candidate, state.runtime_folder, search_path)))
  return { ok: true, sandbox: sandboxOn(ground, cgroup.home.kind, found) }
}

const refusal = (lacks: readonly Lack[]) => ({
  ok: false as const,
  reasons: lacks.map(({ reason }) => reason),
  mend: [...new Set(lacks.map(({ mend }) => mend))],
})

type Missing = BubblewrapSandbox['missing'][number]
type Found = Toolchain | Missing

/** Asks a runtime its version in a box: an answer proves that it works there. */
async function tryToolchain(ground: Ground, candidate: Candidate, runtime_folder: string, search_path: string): Promise<Found> {
  const mend = `apt-get install ${candidate.package}`
  const commands = candidate.language === 'javascript' ? ['/opt/gradus/node'] : candidate.commands.map((name) => resolved(name, search_path))
  const absent = candidate.commands.filter((_, index) => commands[index] === null)
  if (absent.length > 0) return { language: candidate.language, reason: `${absent.join(', ')} is not installed`, mend }
  const present = commands.filter((one) => one !== null)
  const shown =
    candidate.language === 'javascript'
      ? [{ host: runtime_folder, inside: '/opt/gradus' }]
      : candidate.language === 'java'
        ? javaSettings(present[0]!)
        : []
  const { ending, stdout, stderr } = await runBare(ground, candidate.version(present), { memory_bytes: 512 << 20 }, shown)
  if (ending.kind === 'exit' && ending.code === 0) return candidate.build(present, stdout.toString(), shown)
  return {
    language: candidate.language,
    reason: `${candidate.commands[0]} does not start in a box: ${stderr.toString().trim().slice(0, 300) || JSON.stringify(ending)}`,
    mend,
  }
}

/** Behind links such as Debian's /etc/alternatives, which boxes do not see. */
function resolved(name: string, search_path: string): string | null {
  const path = findCommand(name, search_path)
  return path && realpathSync(path)
}

/** Debian keeps the settings of a JDK in /etc; without them it does not start. */
function javaSettings(javac: string): View['shown'] {
  const folder = `/etc/${basename(dirname(dirname(javac))).replace(/-(amd64|arm64)$/, '')}`
  return existsSync(folder) ? [{ host: folder, inside: folder }] : []
}

function sandboxOn(ground: Ground, bounded_by: BubblewrapSandbox['bounded_by'], found: readonly Found[]): BubblewrapSandbox {
  const isHere = (one: Found): one is Toolchain => 'run' in one
  const toolchains = new Map(found.filter(isHere).map((one) => [one.language, one]))
  return {
    name: 'bubblewrap',
    bounded_by,
    languages: [...toolchains.values()].map(({ language, runtime }) => ({ language, runtime })),
    missing: found.filter((one): one is Missing => !isHere(one)),
    compile: (source, signal) => {
      const toolchain = toolchains.get(source.language)
      if (!toolchain) throw new SandboxFailure(`No ${source.language} on this machine`)
      return compileSource(ground, toolchain, source, signal)
    },
    run: (program, input, signal) => runProgram(ground, program, input, signal),
    runCommand: async (argv, input, signal) => {
      const files = input.files ?? {}
      const folder = makeFolder(ground, { files, names: Object.keys(files), shown: [], room_mb: RUN_ROOM_MB })
      try {
        return await until(
          startBox(ground, { arguments_file: argumentsOf(folder), argv, limits: limitsOf(input.limits, 0), has_gate: false, stdin: input.stdin }),
          signal,
        )
      } finally {
        discardFolder(folder)
      }
    },
    close: () => close(ground),
  }
}

async function close(ground: Ground): Promise<void> {
  const left = [...ground.alive]
  for (const box of left) box.kill()
  await Promise.allSettled(left.map(({ ended }) => ended))
  await ground.groups.close()
  closeSync(ground.nothing)
  ground.state.remove()
}
