import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** A PostgreSQL that runs on a data folder, as its postmaster.pid tells it. */
export interface RunningPostgres {
  pid: number
  socket_dir: string
  /** The Gradus process that watches over it; null when that one is dead and this is an orphan. */
  supervisor_pid: number | null
}

/** The supervisor writes its pid into the server's command line: with the parent's pid it tells an orphan, even after pids were reused. */
export const supervisorTag = (pid: number): string => `cluster_name=gradus-${pid}`

/** The live PostgreSQL of `folder`, or null. A pid that now belongs to another program is not taken for it, and its pid file is removed. */
export function findRunning(folder: string): RunningPostgres | null {
  const file = join(folder, 'postmaster.pid')
  let lines: string[]
  try {
    lines = readFileSync(file, 'utf8').split('\n')
  } catch {
    return null
  }
  const pid = Number(lines[0])
  const socket_dir = lines[4] ?? ''
  if (!Number.isInteger(pid) || pid <= 0) return null
  const found = describeProcess(pid)
  if (found === null) return null
  if (!found.command_line.includes(folder)) {
    // After a reboot, or in a container, the old pid may be anybody; PostgreSQL would refuse to start for its sake.
    if (!/\bpostgres\b|\bunshare\b/.test(found.command_line)) rmSync(file, { force: true })
    return null
  }
  return { pid, socket_dir, supervisor_pid: supervisorOf(found) }
}

/** The parent, if it is the supervisor that the command line names; pid 1 has adopted the orphans of others. */
export function supervisorOf({ parent_pid, command_line }: { parent_pid: number; command_line: string }): number | null {
  const named = /cluster_name=gradus-(\d+)(?!\d)/.exec(command_line)?.[1]
  return Number(named) === parent_pid ? parent_pid : null
}

/** Whether a process still works on `folder`; one that has ended but is not yet collected does not. */
export const worksOn = (pid: number, folder: string): boolean => describeProcess(pid)?.command_line.includes(folder) === true

function describeProcess(pid: number): { parent_pid: number; command_line: string } | null {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      // The name in parentheses may hold spaces; what follows the last parenthesis is: state, parent pid, ...
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (state === 'Z' || state === 'X') return null
      return { parent_pid: Number(parent), command_line: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }
    }
    const [, parent, line] = /^\s*(\d+)\s+(.*)/s.exec(execFileSync('ps', ['-ww', '-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' }))!
    return { parent_pid: Number(parent), command_line: line! }
  } catch {
    return null
  }
}

/** Sends a signal to a process that may be gone already. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
