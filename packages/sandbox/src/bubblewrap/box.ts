import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { constants } from 'node:os'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import { type Ending, SandboxFailure } from '../sandbox.ts'
import type { Cgroup } from './cgroup.ts'
import { watchClock } from './clock.ts'
import { type Ground, withOpen } from './ground.ts'

export interface BoxLimits {
  time_ms: number
  memory_bytes: number
  pids: number
  stdout_bytes: number
  stderr_bytes: number
}

export interface BoxSpec {
  /** Host file with the box's arguments for bwrap, as `boxArguments` writes them. */
  arguments_file: string
  /** What runs in the box. */
  argv: readonly string[]
  limits: BoxLimits
  /**
   * A program with a gate prepares itself, writes one byte to descriptor 3, and goes on when a byte comes back; its
   * input may be given as late as then. One without a gate runs at once and has no descriptor above 2.
   */
  has_gate: boolean
  stdin?: Uint8Array
}

export interface Ended {
  ending: Ending
  stdout: Buffer
  stderr: Buffer
  time_ms: number
  memory_kb: number | null
}

export interface Box {
  /** The byte the program wrote on reaching its gate; null if it ended before or has none. */
  readonly ready: Promise<string | null>
  /** Rejects with SandboxFailure where the box itself failed. No process of the box is left when it settles. */
  readonly ended: Promise<Ended>
  /** Lets the program through its gate under these limits. Throws if it uses more memory than that already. */
  open(limits: BoxLimits, stdin: Uint8Array): void
  kill(): void
}

/** Descriptors of the launcher. All fit one digit, which is what every shell can close. */
const GATE = 3
const FILTER = 4
const ARGUMENTS = 5
const STATUS = 6
const FIRST_DOOR = 7

/**
 * Joins the groups, sets bounds for each process and becomes bwrap. A shell does this in 0.5 ms and, having joined
 * before there is a box, leaves no moment in which the program runs unbounded; `prlimit` and a parent that moves the
 * process cost more. No bound on processes per user: the group bounds them per box, and the user's would count others.
 * Nothing of a program's is in the text: the command comes as arguments.
 */
function launcher(door_count: number, has_gate: boolean): string {
  const doors = Array.from({ length: door_count }, (_, index) => FIRST_DOOR + index)
  return [
    'set -e',
    ...doors.map((door) => `echo 0 >&${door}`),
    'ulimit -c 0; ulimit -n 256; ulimit -f 131072; ulimit -l 64',
    'ulimit -s 65536 2>/dev/null || ulimit -s hard',
    `exec ${doors.map((door) => `${door}>&-`).join(' ')} ${has_gate ? STATUS : GATE}>&-`,
    'unset PWD OLDPWD',
    'exec "$@"',
  ].join('\n')
}

/** Starts one box. Its cost beside the program's own is told in `docs/benchmarks.md`, measured by bench/. */
export function startBox(ground: Ground, spec: BoxSpec): Box {
  const { groups, accounts } = ground
  let account: number | undefined
  let group: Cgroup | null = null
  let feed: Feed | null = null
  try {
    account = accounts.take()
    group = groups.take()
    feed = openFeed(ground.state.folder)
    // Before the program can run: one that reads an empty file takes that for the end of its input.
    if (!spec.has_gate) feed.write(spec.stdin ?? new Uint8Array())
    group.limit(spec.limits)
    const child = spawnBox(ground, spec, { group, feed, account })
    const held = { child, group, feed }
    return watchBox(spec, held, () => {
      accounts.giveBack(account)
      groups.giveBack(held.group)
    })
  } catch (error) {
    feed?.close()
    if (group) groups.giveBack(group)
    accounts.giveBack(account)
    throw new SandboxFailure(`A box could not be made: ${(error as Error).message}`)
  } finally {
    if (feed) closeSync(feed.reader)
  }
}

function spawnBox(
  ground: Ground,
  { arguments_file, argv, has_gate }: BoxSpec,
  given: { group: Cgroup; feed: Feed; account: number | undefined },
): ChildProcess {
  const { nothing } = ground
  const { doors } = given.group
  return withOpen([ground.state.filter_file, arguments_file], (filter, args) => {
    const stdio: ('pipe' | 'ignore' | number)[] = [given.feed.reader, 'pipe', 'pipe', has_gate ? 'pipe' : nothing, filter!, args!]
    stdio.push(has_gate ? nothing : 'pipe', ...doors)
    for (const fd of ground.inherited) {
      while (stdio.length < fd) stdio.push('ignore')
      if (fd >= FIRST_DOOR + doors.length) stdio[fd] = nothing
    }
    const own = ['--args', String(ARGUMENTS), '--seccomp', String(FILTER), ...(has_gate ? [] : ['--json-status-fd', String(STATUS)])]
    return spawn('/bin/sh', ['-c', launcher(doors.length, has_gate), 'sh', ground.bwrap, ...own, '--', ...argv], {
      env: {},
      cwd: '/',
      stdio,
      ...(given.account !== undefined && { uid: given.account, gid: given.account }),
    })
  })
}

interface Feed {
  reader: number
  /** Gives the program its whole input. */
  write(bytes: Uint8Array): void
  close(): void
}

/** Input is a file of its own without a name: nothing to pump, and `/dev/stdin` can be opened again. */
function openFeed(state: string): Feed {
  const path = `${state}/${randomUUID()}`
  let writer: number | null = openSync(path, 'wx', 0o444)
  const reader = openSync(path, 'r')
  unlinkSync(path)
  const close = () => {
    if (writer !== null) closeSync(writer)
    writer = null
  }
  return {
    reader,
    write: (bytes) => {
      for (let done = 0; done < bytes.length; ) done += writeSync(writer!, bytes, done)
      close()
    },
    close,
  }
}

function watchBox(spec: BoxSpec, { child, group, feed }: { child: ChildProcess; group: Cgroup; feed: Feed }, release: () => void): Box {
  let limits = spec.limits
  let cause: 'time_limit' | 'output_limit' | 'stopped' | null = null
  const kill = (why: typeof cause) => {
    cause ??= why
    child.kill('SIGKILL')
  }
  let started = performance.now()
  let stopClock = watchClock(limits.time_ms, group.processes, () => kill('time_limit'))

  const gather = (stream: Socket, cap: () => number) => {
    const chunks: Buffer[] = []
    let size = 0
    stream.on('data', (chunk: Buffer) => {
      const room = cap() - size
      if (room > 0) chunks.push(chunk.subarray(0, room))
      size += chunk.length
      if (chunk.length > room) kill('output_limit')
    })
    stream.on('error', () => {})
    return { chunks, closed: new Promise<void>((resolve) => stream.once('close', resolve)) }
  }
  const pipes = child.stdio as unknown as Socket[]
  const stdout = gather(pipes[1]!, () => limits.stdout_bytes)
  const stderr = gather(pipes[2]!, () => limits.stderr_bytes)
  const status = spec.has_gate ? null : gather(pipes[STATUS]!, () => 4_096)
  const gate = spec.has_gate ? pipes[GATE]! : null
  let is_at_gate = false

  // bwrap tells the exit code of a program, and nothing where it could not start one. A program with a gate needs no such
  // channel: before the gate nothing of the learner's has run, so it is bwrap's own voice that is heard on stderr.
  const hasStarted = (said: Buffer) =>
    status
      ? Buffer.concat(status.chunks).includes('"exit-code"')
      : is_at_gate || (child.exitCode !== null && !/^(bwrap|sh|\/bin\/sh): /.test(said.toString('latin1', 0, 9)))
  const ended = (async (): Promise<Ended> => {
    try {
      await new Promise<void>((resolve, reject) => {
        child.once('error', reject)
        child.once('exit', () => resolve())
      })
      const time_ms = performance.now() - started
      stopClock()
      await emptyGroup(group)
      await Promise.all([stdout.closed, stderr.closed, status?.closed])
      const out = { stdout: Buffer.concat(stdout.chunks), stderr: Buffer.concat(stderr.chunks) }
      const peak = group.peakBytes()
      const ending: Ending | null =
        cause === 'output_limit' || cause === 'stopped'
          ? { kind: 'output_limit' }
          : group.ranOutOfMemory()
            ? { kind: 'memory_limit' }
            : cause === 'time_limit'
              ? { kind: 'time_limit' }
              : hasStarted(out.stderr)
                ? endingOf(child.exitCode ?? 0)
                : null
      if (!ending)
        throw new SandboxFailure(`The box did not start its program: ${out.stderr.toString().trim() || `exit ${child.exitCode ?? child.signalCode}`}`)
      return { ending, ...out, time_ms: Math.round(time_ms), memory_kb: peak === null ? null : Math.ceil(peak / 1024) }
    } catch (error) {
      throw error instanceof SandboxFailure ? error : new SandboxFailure(`A box failed: ${(error as Error).message}`)
    } finally {
      stopClock()
      feed.close()
      gate?.destroy()
      release()
    }
  })()
  ended.catch(() => {})

  const ready = gate
    ? Promise.race([
        new Promise<string>((resolve) =>
          gate.once('data', (bytes: Buffer) => {
            is_at_gate = true
            resolve(bytes.toString('latin1', 0, 1))
          }),
        ),
        ended.then(
          () => null,
          () => null,
        ),
      ])
    : Promise.resolve(null)
  gate?.on('error', () => {})

  return {
    ready,
    ended,
    open: (granted, stdin) => {
      group.limit(granted)
      group.forgetPeak()
      limits = granted
      feed.write(stdin)
      stopClock()
      started = performance.now()
      stopClock = watchClock(limits.time_ms, group.processes, () => kill('time_limit'))
      gate!.write('g')
    },
    kill: () => kill('stopped'),
  }
}

/** The first name of each number: SIGIOT and SIGPOLL are second names. */
const SIGNALS = new Map(
  Object.entries(constants.signals)
    .reverse()
    .map(([name, number]) => [number, name]),
)

/** bwrap tells a death by signal n as exit 128 + n; a program that exits so of itself is told as killed as well. */
function endingOf(code: number): Ending {
  const signal = code > 128 ? SIGNALS.get(code - 128) : undefined
  return signal ? { kind: 'signal', signal } : { kind: 'exit', code }
}

/** Kills until the kernel lists no process of the box. The first in the list takes its whole process namespace along. */
async function emptyGroup(group: Cgroup): Promise<void> {
  const deadline = performance.now() + 5_000
  for (let turn = 0; ; turn++) {
    const left = group.processes()
    if (left.length === 0) return
    if (performance.now() > deadline) throw new SandboxFailure(`Processes ${left.join(', ')} of a box would not die`)
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    }
    await (turn < 20 ? nextTurn() : pause(1))
  }
}
