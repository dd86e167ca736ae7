import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync, lstatSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import type { View } from './arguments.ts'
import type { Machine } from './seccomp.ts'

/** Something this machine lacks, and the line that mends it. */
export interface Lack {
  reason: string
  mend: string
}

/** First file of that name that can be executed. Folders under a home are passed over: their shims do not work in a box. */
export function findCommand(name: string, search_path: string): string | null {
  for (const folder of search_path.split(':').filter((one) => one.startsWith('/usr/') || one.startsWith('/bin') || one.startsWith('/opt/'))) {
    const path = `${folder}/${name}`
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {}
  }
  return null
}

const SET_USER_ID = 0o4000
const NEEDED_FLAGS = [
  '--args',
  '--seccomp',
  '--json-status-fd',
  '--size',
  '--clearenv',
  '--disable-userns',
  '--die-with-parent',
  '--new-session',
  '--remount-ro',
]
const INSTALL = 'apt-get install bubblewrap (0.8 or newer: Debian 12, Ubuntu 24.04)'

/** Finds a bubblewrap that has all the recipe needs and runs with no privilege of its own (CVE-2020-5291). */
export async function findBubblewrap(search_path: string): Promise<string | Lack> {
  const path = findCommand('bwrap', search_path)
  if (!path) return { reason: 'bubblewrap is not installed', mend: INSTALL }
  if (statSync(path).mode & SET_USER_ID) return { reason: `${path} is setuid`, mend: `chmod u-s ${path}` }
  const help = await words(path, ['--help'])
  const missing = NEEDED_FLAGS.filter((flag) => !help.includes(flag))
  return missing.length === 0 ? path : { reason: `${path} is too old: it has no ${missing.join(', ')}`, mend: INSTALL }
}

function words(path: string, args: string[]): Promise<string> {
  return new Promise((resolve) => execFile(path, args, { env: {}, timeout: 5_000 }, (_, stdout, stderr) => resolve(`${stdout}${stderr}`)))
}

export function thisMachine(): Machine | Lack {
  if (process.arch === 'x64') return 'x86_64'
  if (process.arch === 'arm64') return 'aarch64'
  return { reason: `No system call filter is written for ${process.arch}`, mend: 'run the worker on x86-64 or arm64' }
}

const USERNS_SWITCHES: { file: string; refuses: (value: string) => boolean; mend: string }[] = [
  {
    file: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    refuses: (value) => value === '1',
    mend: 'sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (or give /usr/bin/bwrap an AppArmor profile with `userns`)',
  },
  { file: '/proc/sys/kernel/unprivileged_userns_clone', refuses: (value) => value === '0', mend: 'sysctl -w kernel.unprivileged_userns_clone=1' },
  { file: '/proc/sys/user/max_user_namespaces', refuses: (value) => Number(value) < 64, mend: 'sysctl -w user.max_user_namespaces=15000' },
]

/** Tells why a box would not start, from what bwrap said and from the switches this kernel has. */
export function explainFailure(said: string): Lack {
  const reason = `A box does not start: ${said}`
  if (/seccomp/i.test(said)) return { reason, mend: 'use a kernel with CONFIG_SECCOMP_FILTER; in a container: --security-opt seccomp=unconfined' }
  const off = USERNS_SWITCHES.find(({ file, refuses }) => existsSync(file) && refuses(readFileSync(file, 'utf8').trim()))
  if (off) return { reason: `${reason} (user namespaces are switched off)`, mend: off.mend }
  return {
    reason,
    mend: 'allow user namespaces; in a container: --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined',
  }
}

/** Top-level folders of programs and libraries: links on a machine with a merged /usr, folders to show elsewhere. */
export function topLevel(): Pick<View, 'links' | 'shown'> {
  const found = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'].filter((name) => existsSync(name))
  const is_link = (name: string) => lstatSync(name).isSymbolicLink()
  return {
    links: found.filter(is_link).map((name) => ({ name, target: readlinkSync(name) })),
    shown: found.filter((name) => !is_link(name)).map((name) => ({ host: name, inside: name })),
  }
}
