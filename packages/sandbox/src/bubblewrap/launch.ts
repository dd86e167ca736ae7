import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs'
import type { BoxSpec } from './box.ts'
import type { Cgroup } from './cgroup.ts'
import { type Ground, withOpen } from './ground.ts'

/** Descriptors of the launcher. All fit one digit, which is what every shell can close. */
export const GATE = 3
const FILTER = 4
const ARGUMENTS = 5
export const STATUS = 6
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

/** Starts the processes of a box: a shell that becomes bwrap, which becomes the program. */
export function spawnBox(
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

/** A program's standard input. */
export interface Feed {
  reader: number
  /** Gives the program its whole input. */
  write(bytes: Uint8Array): void
  close(): void
}

/** Input is a file of its own without a name: nothing to pump, and `/dev/stdin` can be opened again. */
export function openFeed(state: string): Feed {
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
