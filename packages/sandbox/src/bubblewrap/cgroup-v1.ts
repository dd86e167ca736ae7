import { accessSync, constants, existsSync, openSync } from 'node:fs'
import {
  type Cgroup,
  type CgroupHome,
  type CgroupLimits,
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
  return { kind: 'cgroup v1', make: (name) => makeV1(`${memory}/${name}`, `${pids}/${name}`, `${cpu}/${name}`) }
}

/** The kernel charges in lots of 64 pages for each processor. */
const MOST_LEFT_BYTES = 1 << 20

function makeV1(memory: string, pids: string, cpu: string): Cgroup {
  const folders = [...new Set([memory, pids, cpu])]
  makeFolders(folders)
  writeTo(cpu, 'cpu.cfs_period_us', CPU_PERIOD_US)
  writeTo(cpu, 'cpu.cfs_quota_us', CPU_PERIOD_US)
  const counts_swap = existsSync(`${memory}/memory.memsw.limit_in_bytes`)
  const doors = folders.map((folder) => openSync(`${folder}/tasks`, 'w'))
  const kills = () => readKey(`${memory}/memory.oom_control`, 'oom_kill')
  let current: CgroupLimits = { memory_bytes: Number.POSITIVE_INFINITY, pids: 0 }
  let kills_before = 0
  return {
    doors,
    limit: (limits) => {
      if (limits.memory_bytes === current.memory_bytes && limits.pids === current.pids) return
      // The kernel keeps memory <= memory with swap at every step, so the order depends on the direction.
      const files = ['memory.limit_in_bytes', ...(counts_swap ? ['memory.memsw.limit_in_bytes'] : [])]
      if (limits.memory_bytes > current.memory_bytes) files.reverse()
      for (const file of files) writeTo(memory, file, limits.memory_bytes)
      writeTo(pids, 'pids.max', limits.pids)
      current = limits
    },
    forgetPeak: () => writeTo(memory, 'memory.max_usage_in_bytes', 0),
    ranOutOfMemory: () => kills() > kills_before,
    peakBytes: () => readNumber(`${memory}/memory.max_usage_in_bytes`),
    processes: () => listProcesses(memory),
    renew: () => {
      // What stays charged to a group is cached files that its box was the first to read; the next box must not pay for them.
      if (readNumber(`${memory}/memory.usage_in_bytes`) > MOST_LEFT_BYTES) return false
      writeTo(memory, 'memory.max_usage_in_bytes', 0)
      kills_before = kills()
      return true
    },
    remove: () => removeFolders(folders, doors),
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
