import { existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import {
  type Cgroup,
  type CgroupHome,
  CPU_PERIOD_US,
  GROUP_PREFIX,
  listProcesses,
  makeFolders,
  readKey,
  readNumber,
  removeFolders,
  sweep,
  writeTo,
} from './cgroup.ts'

const CONTROLLERS = ['memory', 'pids', 'cpu']
/** Where processes stand that a home for boxes may not hold itself. */
export const WORKERS = `${GROUP_PREFIX}workers`

/**
 * Makes `parent` (a folder of the cgroup2 file system) a home for boxes, or tells why it cannot be one. With `may_hand_down`
 * its controllers are handed down if they are not yet. A group that does so may hold no process itself, so processes
 * that stand in it move into a group beside the boxes; the limits of `parent` bind them as before.
 */
export async function openV2(parent: string, may_hand_down: boolean): Promise<CgroupHome | { reason: string }> {
  try {
    const offered = words(`${parent}/cgroup.controllers`)
    const missing = CONTROLLERS.filter((name) => !offered.includes(name))
    if (missing.length > 0) return { reason: `${parent} offers no ${missing.join(', ')} controller` }
    const handed_down = words(`${parent}/cgroup.subtree_control`)
    if (!CONTROLLERS.every((name) => handed_down.includes(name))) {
      if (!may_hand_down) return { reason: `${parent} does not hand its controllers down` }
      handDown(parent)
    }
    await sweep(parent)
    const probe = makeV2(`${parent}/${GROUP_PREFIX}${process.pid}-probe`)
    probe.limit({ memory_bytes: 64 << 20, pids: 64 })
    await probe.remove()
    return { kind: 'cgroup v2', make: (name) => makeV2(`${parent}/${name}`) }
  } catch (error) {
    return { reason: `${parent}: ${(error as Error).message}` }
  }
}

function handDown(parent: string): void {
  const all = CONTROLLERS.map((name) => `+${name}`).join(' ')
  try {
    writeTo(parent, 'cgroup.subtree_control', all)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error
    const beside = `${parent}/${WORKERS}`
    if (!existsSync(beside)) mkdirSync(beside)
    for (const pid of listProcesses(parent)) writeTo(beside, 'cgroup.procs', pid)
    writeTo(parent, 'cgroup.subtree_control', all)
  }
}

function makeV2(folder: string): Cgroup {
  makeFolders([folder])
  writeTo(folder, 'cpu.max', `${CPU_PERIOD_US} ${CPU_PERIOD_US}`)
  const counts_swap = existsSync(`${folder}/memory.swap.max`)
  const keeps_peak = existsSync(`${folder}/memory.peak`)
  const doors = [openSync(`${folder}/cgroup.procs`, 'w')]
  return {
    doors,
    limit: (limits) => {
      writeTo(folder, 'memory.max', limits.memory_bytes)
      if (counts_swap) writeTo(folder, 'memory.swap.max', 0)
      writeTo(folder, 'pids.max', limits.pids)
    },
    // A peak can be started anew since Linux 6.12, but only for the descriptor that asked.
    forgetPeak: () => {},
    ranOutOfMemory: () => readKey(`${folder}/memory.events`, 'oom_kill') > 0,
    peakBytes: () => (keeps_peak ? readNumber(`${folder}/memory.peak`) : null),
    processes: () => listProcesses(folder),
    renew: () => false,
    remove: () => removeFolders([folder], doors),
  }
}

function words(path: string): string[] {
  return readFileSync(path, 'utf8').trim().split(' ')
}
