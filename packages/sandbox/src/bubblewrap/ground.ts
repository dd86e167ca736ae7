import { randomInt } from 'node:crypto'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import type { View } from './arguments.ts'
import type { Box } from './box.ts'
import type { Groups } from './cgroup.ts'
import type { Lack } from './host.ts'
import type { State } from './state.ts'

/** What all boxes of one sandbox stand on; made once by `openBubblewrap`. */
export interface Ground {
  bwrap: string
  groups: Groups
  /** Our own folders on the host: boxes read parts of them, none can write them. */
  state: State
  /** What every box sees beside /usr. */
  links: View['links']
  shown: View['shown']
  accounts: Accounts
  /** Boxes that have not ended. */
  alive: Set<Box>
  /** /dev/null, open as long as the sandbox is. */
  nothing: number
  /** Descriptors that would leak into a box; each is covered with /dev/null. */
  inherited: readonly number[]
}

/** A user id of its own for every box that is alive, so that boxes share no per-user bound of the kernel. */
export interface Accounts {
  take(): number | undefined
  giveBack(account: number | undefined): void
}

/** No machine gives these ids to a person or a service; boxes see themselves as 65534 whichever they get. */
const FIRST_ACCOUNT = 64_700
const MOST_ACCOUNTS = 200

/**
 * Root must not run a box: owned by root, it could write whatever a mistake leaves writable, so every box gets an
 * account of its own. Any other account runs boxes as itself. Tells what is lacking where root has no other account.
 */
export function openAccounts(uid: number, uid_map: string): Accounts | Lack {
  if (uid !== 0) return { take: () => undefined, giveBack: () => {} }
  const has_accounts = uid_map
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .some(([first = 0, , count = 0]) => first <= FIRST_ACCOUNT && first + count >= FIRST_ACCOUNT + MOST_ACCOUNTS)
  if (!has_accounts) {
    return {
      reason: 'root in this user namespace can start no process as somebody else',
      mend: 'run the worker under an account of its own that is not root',
    }
  }
  // Sandboxes of other workers on this machine pick from the same accounts: they begin at different ones.
  const free = Array.from({ length: MOST_ACCOUNTS }, (_, index) => FIRST_ACCOUNT + index)
  free.unshift(...free.splice(randomInt(MOST_ACCOUNTS)))
  return {
    take: () => {
      const account = free.pop()
      if (account === undefined) throw new Error(`more than ${MOST_ACCOUNTS} boxes at once`)
      return account
    },
    giveBack: (account) => account !== undefined && free.push(account),
  }
}

const CLOSE_ON_EXEC = 0o2000000

/**
 * Descriptors above 2 that this process was born with and that a child would inherit. Node opens its own with
 * close-on-exec, so the list is fixed for the life of the process; what a parent left open is another matter.
 */
export function inheritedDescriptors(): number[] {
  return readdirSync('/proc/self/fd')
    .map(Number)
    .filter((fd) => fd > 2 && isInherited(fd))
}

function isInherited(fd: number): boolean {
  try {
    const flags = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1]
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0
  } catch {
    return false
  }
}

/** Runs with files open for reading, and closes them whatever happens. */
export function withOpen<T>(paths: readonly string[], use: (...fds: number[]) => T): T {
  const fds: number[] = []
  try {
    for (const path of paths) fds.push(openSync(path, 'r'))
    return use(...fds)
  } finally {
    for (const fd of fds) closeSync(fd)
  }
}
