import { accessSync, constants, existsSync } from 'node:fs'
import {
  type Cgroup,
  type CgroupHome,
  CPU_PERIOD_US,
  cgroupMounts,
  folderUnder,
  listProcesses,
  makeFolders,
  readKey,
  readNumber,
  removeFolders,
  sweep,
  writeTo,
} from './cgroup.ts'

const CONTROLLERS = ['memory', 'pids', 'cpu'] as const

/**
 * The three hierarchies of cgroup v1 at the place this process stands in, so that the limits a host has set for the
 * worker hold for its boxes as well. Returns the controllers that are missing or not writable instead, if any.
 */
export async function openV1(mountinfo: string, membership: string): Promise<CgroupHome | { missing: string[] }> {
  const mounts = cgroupMounts(mountinfo).filter(({ type }) => type === 'cgroup')
  const groups = new Map(
    membership
      .split('\n')
      .filter(Boolean)
      .flatMap((line) => {
        const [, controllers = '', ...path] = line.split(':')
        return controllers.split(',').map((name) => [name, path.join(':')] as const)
      }),
  )
  const parents = CONTROLLERS.map((controller) => {
    const mount = mounts.find(({ options }) => options.includes(controller))
    const folder = mount && folderUnder(mount, groups.get(controller) ?? '/')
    return folder && canMakeIn(folder) ? folder : null
  })
  if (parents.some((parent) => parent === null)) return { missing: CONTROLLERS.filter((_, index) => parents[index] === null) }
  const [memory, pids, cpu] = parents as [string, string, string]
  for (const parent of new Set([memory, pids, cpu])) await sweep(parent)
  return { kind: 'cgroup v1', make: (name) => makeV1(`${memory}/${name}`, `${pids}/${name}`, `${cpu}/${name}`), close: async () => {} }
}

function makeV1(memory: string, pids: string, cpu: string): Cgroup {
  const folders = [...new Set([memory, pids, cpu])]
  makeFolders(folders)
  writeTo(cpu, 'cpu.cfs_period_us', CPU_PERIOD_US)
  writeTo(cpu, 'cpu.cfs_quota_us', CPU_PERIOD_US)
  const counts_swap = existsSync(`${memory}/memory.memsw.limit_in_bytes`)
  let current = Number.POSITIVE_INFINITY
  return {
    doors: folders.map((folder) => `${folder}/tasks`),
    limit: (limits) => {
      // The kernel keeps memory <= memory with swap at every step, so the order depends on the direction.
      const files = ['memory.limit_in_bytes', ...(counts_swap ? ['memory.memsw.limit_in_bytes'] : [])]
      if (limits.memory_bytes > current) files.reverse()
      for (const file of files) writeTo(memory, file, limits.memory_bytes)
      current = limits.memory_bytes
      writeTo(pids, 'pids.max', limits.pids)
    },
    forgetPeak: () => writeTo(memory, 'memory.max_usage_in_bytes', 0),
    ranOutOfMemory: () => readKey(`${memory}/memory.oom_control`, 'oom_kill') > 0,
    peakBytes: () => readNumber(`${memory}/memory.max_usage_in_bytes`),
    processes: () => listProcesses(memory),
    remove: () => removeFolders(folders),
  }
}

function canMakeIn(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
