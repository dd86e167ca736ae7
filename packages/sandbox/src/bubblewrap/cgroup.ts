import { randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** What a box may use together, all its processes counted. One processor's worth of time is the bound of each box. */
export interface CgroupLimits {
  memory_bytes: number
  pids: number
}

/** The kernel's bound around one box. */
export interface Cgroup {
  /** Open files a process writes `0` to in order to join, one for each hierarchy; who joins needs no right of its own. */
  readonly doors: readonly number[]
  /** Throws where the kernel refuses, as when more memory is in use already. */
  limit(limits: CgroupLimits): void
  /** Starts the peak anew where the kernel can. */
  forgetPeak(): void
  /** Whether the kernel killed a process of the box for memory. */
  ranOutOfMemory(): boolean
  /** Null where this kernel keeps no peak. */
  peakBytes(): number | null
  /** Process ids as seen from the host; empty once all are gone. */
  processes(): number[]
  /** Makes an empty group as new for the next box. False where this kernel keeps something of the last one. */
  renew(): boolean
  /** Removes the group, waiting for the kernel to let go of its last process. False where it would not within two seconds. */
  remove(): Promise<boolean>
}

/** A place below which groups can be made. */
export interface CgroupHome {
  readonly kind: 'cgroup v1' | 'cgroup v2'
  make(name: string): Cgroup
}

export type FoundHome = { ok: true; home: CgroupHome } | { ok: false; reason: string; mend: string }

/** Names of our groups carry our process id, so that a later worker can sweep what a killed one left. */
export const GROUP_PREFIX = 'gradus-'
export const CPU_PERIOD_US = 100_000

export function readNumber(path: string): number {
  return Number(readFileSync(path, 'utf8'))
}

/** The number that stands after a word in a flat-keyed kernel file. */
export function readKey(path: string, key: string): number {
  const line = readFileSync(path, 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${key} `))
  return line ? Number(line.slice(key.length + 1)) : 0
}

export function writeTo(folder: string, file: string, value: number | string): void {
  writeFileSync(`${folder}/${file}`, String(value))
}

export function listProcesses(folder: string): number[] {
  return readFileSync(`${folder}/cgroup.procs`, 'utf8').split('\n').filter(Boolean).map(Number)
}

/** Groups of one home, made when needed and used again once they are as new: making and removing one takes 0.6 ms. */
export interface Groups {
  take(): Cgroup
  giveBack(group: Cgroup): void
  /** Removes all. Boxes must have ended. */
  close(): Promise<void>
}

export function openGroups(home: CgroupHome): Groups {
  const idle: Cgroup[] = []
  const removals = new Set<Promise<boolean>>()
  const remove = (group: Cgroup) => {
    const removal = group.remove().finally(() => removals.delete(removal))
    removals.add(removal)
  }
  return {
    take: () => idle.pop() ?? home.make(`${GROUP_PREFIX}${process.pid}-${randomUUID()}`),
    giveBack: (group) => {
      if (group.processes().length === 0 && group.renew()) idle.push(group)
      else remove(group)
    },
    close: async () => {
      for (const group of idle.splice(0)) remove(group)
      await Promise.all(removals)
    },
  }
}

/** Makes all folders or none. */
export function makeFolders(folders: readonly string[]): void {
  const made: string[] = []
  try {
    for (const folder of folders) {
      mkdirSync(folder)
      made.push(folder)
    }
  } catch (error) {
    for (const folder of made) rmdirSync(folder)
    throw error
  }
}

/** A dying process holds its group for a moment after it has left the list, hence the patience. */
export async function removeFolders(folders: readonly string[], doors: readonly number[]): Promise<boolean> {
  for (const door of doors) closeSync(door)
  let left = folders
  for (let wait_ms = 1; ; wait_ms *= 2) {
    left = left.filter((folder) => !removed(folder))
    if (left.length === 0) return true
    if (wait_ms > 1_024) return false
    await pause(wait_ms)
  }
}

function removed(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

/** Removes groups of workers that are no longer alive. Groups that still hold a process stay. */
export async function sweep(parent: string): Promise<void> {
  for (const name of readdirSync(parent)) {
    const owner = new RegExp(`^${GROUP_PREFIX}(\\d+)-`).exec(name)?.[1]
    if (owner && !isAlive(Number(owner))) removed(`${parent}/${name}`)
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Where a controller's hierarchy is mounted, and which part of it the mount shows. */
export interface Mount {
  point: string
  root: string
  type: string
  options: string[]
}

/** Mounts of both kinds of hierarchy, from the text of /proc/self/mountinfo. */
export function cgroupMounts(mountinfo: string): Mount[] {
  return mountinfo
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => {
      const [before = '', after = ''] = line.split(' - ')
      const [, , , root = '/', point = ''] = before.split(' ')
      const [type = '', , options = ''] = after.split(' ')
      return type === 'cgroup' || type === 'cgroup2' ? [{ point, root, type, options: options.split(',') }] : []
    })
}

/** Folder of a group (a path of /proc/self/cgroup) under a mount that may show only a part of the hierarchy. */
export function folderUnder(mount: Mount, group: string): string {
  const shown = mount.root === '/' ? group : group.startsWith(mount.root) ? group.slice(mount.root.length) : '/'
  return shown === '/' || shown === '' ? mount.point : `${mount.point}${shown}`
}
