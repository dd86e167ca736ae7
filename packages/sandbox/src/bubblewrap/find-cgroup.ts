import { readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { cgroupMounts, type FoundHome, folderUnder } from './cgroup.ts'
import { openV1 } from './cgroup-v1.ts'
import { openV2, WORKERS } from './cgroup-v2.ts'

/** Where this process stands: the texts of /proc/self/mountinfo and /proc/self/cgroup. */
export interface Standing {
  mountinfo: string
  membership: string
}

export function readStanding(): Standing {
  return { mountinfo: readFileSync('/proc/self/mountinfo', 'utf8'), membership: readFileSync('/proc/self/cgroup', 'utf8') }
}

/** Workers stand in a group of their own once the one above has been made a home. */
const besideWorkers = (folder: string) => (basename(folder) === WORKERS ? dirname(folder) : folder)

const MEND_V2 =
  'run the worker where cgroups are delegated to it: `systemd-run --user --scope -p Delegate=yes npm run worker`, or `Delegate=yes` in its systemd unit; in a container: `--cgroupns=private` with /sys/fs/cgroup writable'
const MEND_V1 = 'run the worker as root, or give its account the folders of the memory, pids and cpu hierarchies it stands in'
const MEND_NONE = 'mount the cgroup file system: `mount -t cgroup2 none /sys/fs/cgroup`'

/**
 * Finds where groups for boxes can be made. In cgroup v2 that is our own group or, where that one cannot
 * hold boxes, the nearest one above it that we may write and that hands its controllers down already; in v1 our own group in each hierarchy.
 */
export async function findCgroupHome({ mountinfo, membership }: Standing): Promise<FoundHome> {
  const mounts = cgroupMounts(mountinfo)
  const unified = mounts.find(({ type }) => type === 'cgroup2')
  if (mounts.length === 0)
    return { ok: false, reason: 'no cgroup file system is mounted, so memory and processes cannot be bounded', mend: MEND_NONE }

  const v1 = await openV1(mountinfo, membership)
  if (!('missing' in v1)) return { ok: true, home: v1 }

  const is_v1 = mounts.some(({ type, options }) => type === 'cgroup' && options.includes('memory'))
  let reason = `cgroup v1: cannot make groups for ${v1.missing.join(', ')}`
  if (unified && !is_v1) {
    const own = /^0::(.*)$/m.exec(membership)?.[1] ?? '/'
    const tried: string[] = []
    // A login session's group holds the shell and whatever else its owner runs: not ours to rearrange.
    const own_folder = besideWorkers(folderUnder(unified, own))
    const may_hand_down = !/\/session-[^/]*\.scope$/.test(own_folder)
    for (let folder = own_folder; ; folder = dirname(folder)) {
      const v2 = await openV2(folder, folder === own_folder && may_hand_down)
      if ('kind' in v2) return { ok: true, home: v2 }
      tried.push(v2.reason)
      if (folder === unified.point) break
    }
    reason = `cgroup v2: ${tried.join('; ')}`
  }
  return { ok: false, reason, mend: is_v1 ? MEND_V1 : MEND_V2 }
}
