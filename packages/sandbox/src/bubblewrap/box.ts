import type { ChildProcess } from 'node:child_process'
import { closeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { constants } from 'node:os'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import { type Ending, SandboxFailure } from '../sandbox.ts'
import type { Cgroup } from './cgroup.ts'
import { watchClock } from './clock.ts'
import type { Ground } from './ground.ts'
import { type Feed, GATE, openFeed, STATUS, spawnBox } from './launch.ts'

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
  /** Lets the program through its gate under these limits. Throws if it uses more memory than that already, or has ended. */
  open(limits: BoxLimits, stdin: Uint8Array): void
  kill(): void
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
    const box = watchBox(spec, held, () => {
      accounts.giveBack(account)
      groups.giveBack(held.group)
      ground.alive.delete(box)
    })
    ground.alive.add(box)
    return box
  } catch (error) {
    feed?.close()
    if (group) groups.giveBack(group)
    accounts.giveBack(account)
    throw new SandboxFailure(`A box could not be made: ${(error as Error).message}`)
  } finally {
    if (feed) closeSync(feed.reader)
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
  let has_ended = false

  // bwrap tells the exit code of a program, and nothing where it could not start one. A program with a gate needs no such
  // channel: before the gate nothing of the learner's has run, so it is bwrap's own voice that is heard on stderr.
  const hasStarted = (said: Buffer) => {
    if (child.exitCode === null) return false
    if (status) return Buffer.concat(status.chunks).includes('"exit-code"')
    return is_at_gate || !/^(bwrap|sh|\/bin\/sh): /.test(said.toString('latin1', 0, 9))
  }
  const ended = (async (): Promise<Ended> => {
    try {
      await new Promise<void>((resolve, reject) => {
        child.once('error', reject)
        child.once('exit', () => resolve())
      })
      const time_ms = performance.now() - started
      has_ended = true
      stopClock()
      await emptyGroup(group)
      await Promise.all([stdout.closed, stderr.closed, status?.closed])
      const out = { stdout: Buffer.concat(stdout.chunks), stderr: Buffer.concat(stderr.chunks) }
      const peak = group.peakBytes()
      const ending: Ending | null =
        cause === 'output_limit'
          ? { kind: 'output_limit' }
          : group.ranOutOfMemory()
            ? { kind: 'memory_limit' }
            : cause === 'time_limit'
              ? { kind: 'time_limit' }
              : cause === 'stopped'
                ? { kind: 'signal', signal: 'SIGKILL' }
                : hasStarted(out.stderr)
                  ? endingOf(child.exitCode!)
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
            stopClock()
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
      // Its group may be another box's by now.
      if (has_ended) throw new SandboxFailure('The box has ended')
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
