/** What a box looks like from inside; the same for every run but for the program's folder. */
export interface View {
  /** Host folder shown read-only as /sub, or null. */
  program_folder: string | null
  /** Names in it that also stand in the working folder /box. */
  names: readonly string[]
  /** More host paths shown read-only: a runtime that lives outside /usr. */
  shown: readonly { host: string; inside: string }[]
  /** Top-level links of a merged /usr (`/lib` -> `usr/lib`). */
  links: readonly { name: string; target: string }[]
  /** Room in /box in MiB; memory used there counts as memory of the box. */
  room_mb: number
}

const DEVICES = ['null', 'zero', 'random', 'urandom']
const MIB = 1 << 20

/**
 * The argument list of bwrap for a view, NUL-separated as `--args` reads it: given through a descriptor, because the
 * command line of process 1 is readable in the box and would show host paths (reliability-security.md 2.2).
 * The root, /dev and all that is bound are read-only; /box, /tmp and /dev/shm are sized and die with the box.
 */
export function boxArguments({ program_folder, names, shown, links, room_mb }: View): string {
  const words = ['--unshare-all', '--unshare-user', '--disable-userns', '--uid', '65534', '--gid', '65534', '--hostname', 'box']
  words.push('--die-with-parent', '--new-session', '--cap-drop', 'ALL', '--clearenv')
  for (const [name, value] of Object.entries(ENVIRONMENT)) words.push('--setenv', name, value)
  words.push('--ro-bind', '/usr', '/usr')
  for (const { name, target } of links) words.push('--symlink', target, name)
  words.push('--proc', '/proc')
  words.push('--size', String(room_mb * MIB), '--tmpfs', '/box', '--size', String(16 * MIB), '--tmpfs', '/tmp')
  for (const device of DEVICES) words.push('--dev-bind', `/dev/${device}`, `/dev/${device}`)
  for (const [index, name] of ['stdin', 'stdout', 'stderr'].entries()) words.push('--symlink', `/proc/self/fd/${index}`, `/dev/${name}`)
  words.push('--symlink', '/proc/self/fd', '/dev/fd', '--size', String(16 * MIB), '--tmpfs', '/dev/shm')
  for (const { host, inside } of shown) words.push('--ro-bind', host, inside)
  if (program_folder) words.push('--ro-bind', program_folder, '/sub')
  for (const name of names) words.push('--symlink', `/sub/${name}`, `/box/${name}`)
  words.push('--remount-ro', '/', '--chdir', '/box')
  return words.map((word) => `${word}\0`).join('')
}

/** All that a program finds in its environment. LANG makes Python and the JVM read and write UTF-8. */
export const ENVIRONMENT = { PATH: '/usr/bin:/bin', HOME: '/box', LANG: 'C.UTF-8', TMPDIR: '/box' }
