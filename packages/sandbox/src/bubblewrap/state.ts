import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { isAlive } from './cgroup.ts'
import { denied } from './denied.ts'
import { JAVASCRIPT_GATE } from './javascript-gate.ts'
import { assembleFilter, type Machine } from './seccomp.ts'

const PREFIX = 'gradus-box-'

/** The sandbox's own folders on the host. Others can pass through them but not list them, and names in them are random. */
export interface State {
  /** Programs, their inputs and bwrap's arguments, each for as long as it is used. */
  folder: string
  filter_file: string
  /** Shown to JavaScript as /opt/gradus: the node that runs us, and what it loads first. Its path tells nothing of the host. */
  runtime_folder: string
  remove(): void
}

/** Files of one run on a disk cost 2.5 ms where others write to it, in memory 0.1 ms. */
const IN_MEMORY = '/dev/shm'
const LEAST_ROOM_BYTES = 512 << 20

export function makeState(temporary_folder: string, machine: Machine, node: string): State {
  const fast = hasRoom(IN_MEMORY) ? IN_MEMORY : temporary_folder
  for (const parent of new Set([fast, temporary_folder])) removeLeftBehind(parent)
  const folder = makeOwnFolder(fast)
  const runtime_folder = makeOwnFolder(temporary_folder)
  const filter_file = `${folder}/filter`
  writeFileSync(filter_file, assembleFilter(machine, denied))
  writeFileSync(`${runtime_folder}/gate.cjs`, JAVASCRIPT_GATE)
  chmodSync(`${runtime_folder}/gate.cjs`, 0o444)
  placeNode(node, `${runtime_folder}/node`)
  return {
    ...{ folder, filter_file, runtime_folder },
    remove: () => {
      for (const one of [folder, runtime_folder]) rmSync(one, { recursive: true, force: true })
    },
  }
}

function makeOwnFolder(parent: string): string {
  const folder = mkdtempSync(`${parent}/${PREFIX}${process.pid}-`)
  chmodSync(folder, 0o711)
  return folder
}

function hasRoom(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize >= LEAST_ROOM_BYTES
  } catch {
    return false
  }
}

/** A link costs nothing; on another file system it has to be a copy (120 MB, shared blocks where the disk can). */
function placeNode(node: string, place: string): void {
  try {
    linkSync(node, place)
  } catch {
    copyFileSync(node, place, constants.COPYFILE_FICLONE)
    chmodSync(place, 0o555)
  }
}

/** Removes the folders of sandboxes whose process was killed before it could. */
function removeLeftBehind(parent: string): void {
  for (const name of readdirSync(parent)) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]
    if (owner && !isAlive(Number(owner)) && lstatSync(`${parent}/${name}`).uid === process.getuid!())
      rmSync(`${parent}/${name}`, { recursive: true, force: true })
  }
}
