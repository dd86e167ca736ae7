import { chmodSync, constants, copyFileSync, existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { isAlive } from './cgroup.ts'
import { denied } from './denied.ts'
import { JAVASCRIPT_GATE } from './javascript-gate.ts'
import { assembleFilter, type Machine } from './seccomp.ts'

const PREFIX = 'gradus-box-'

/** The sandbox's own folder on the host. Others can pass through it but not list it, and names in it are random. */
export interface State {
  folder: string
  filter_file: string
  /** Shown in every box as /opt/gradus: the node that runs us, and what it loads first. Its path tells nothing of the host. */
  runtime_folder: string
}

export function makeState(parent: string, machine: Machine, node: string): State {
  removeLeftBehind(parent)
  const folder = mkdtempSync(`${parent}/${PREFIX}${process.pid}-`)
  chmodSync(folder, 0o711)
  const state = { folder, filter_file: `${folder}/filter`, runtime_folder: `${folder}/runtime` }
  writeFileSync(state.filter_file, assembleFilter(machine, denied), { mode: 0o400 })
  mkdirSync(state.runtime_folder)
  writeFileSync(`${state.runtime_folder}/gate.cjs`, JAVASCRIPT_GATE)
  placeNode(node, `${state.runtime_folder}/node`)
  for (const [path, mode] of [
    [state.runtime_folder, 0o755],
    [`${state.runtime_folder}/gate.cjs`, 0o444],
  ] as const)
    chmodSync(path, mode)
  return state
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
    if (owner && !isAlive(Number(owner)) && existsSync(`${parent}/${name}/filter`)) rmSync(`${parent}/${name}`, { recursive: true, force: true })
  }
}
