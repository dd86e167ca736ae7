import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { chmod, lstat, mkdir, rename, rm, rmdir } from 'node:fs/promises'
import { tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { ConfigError } from '../config.ts'
import { type Binaries, chooseRunAs, findBinaries, handOver, launch, type RunAs } from './embedded-binaries.ts'
import { findRunning, signal, supervisorTag, worksOn } from './embedded-process.ts'

/**
 * The embedded PostgreSQL: one server per data folder, a child of the one Gradus process that opened it.
 * - It listens on a unix socket in a folder only its owner may enter, on no port; so connections need no password.
 * - It is durable: fsync, full_page_writes and synchronous_commit stand on its command line, where no setting overrides them.
 * - It outlives a SIGKILL of its supervisor; the next start stops such an orphan in order and starts its own.
 * - If it crashes, it is started again; PostgreSQL recovers from its log. Connections that broke are replaced by the pool.
 */
export interface EmbeddedPostgres {
  /** For the product: the database and role `gradus`. */
  url: string
  /** For those who make databases: superuser `postgres`. */
  superuser_url: string
  pid(): number
  /** Stops the server in order (fast shutdown: open transactions are rolled back) and waits until it is gone. */
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** Holds `postgres/` (the data), `postgres.log` and `run/` (the socket). Made if missing. */
  data_dir: string
  log: { info(message: string): void; warn(message: string): void }
  /** Called once when a crashed server cannot be brought back: the process should end. */
  onGone: (error: Error) => void
}

/** How long a start waits for the remains of a killed server (its processes, its shared memory) to go away. */
const START_PATIENCE_MS = 15_000
/** Crashes within a minute after which the supervisor gives up. */
const MAX_CRASHES_PER_MINUTE = 5
/** The log is put aside at a start when it is larger: one old log is kept. */
const LOG_BYTES = 10_000_000

const megabytes = (n: number): string => `${Math.round(n)}MB`

function settings(supervisor_pid: number, socket_dir: string): string[] {
  const memory_mb = totalmem() / 1_048_576
  return [
    supervisorTag(supervisor_pid),
    'listen_addresses=',
    `unix_socket_directories=${socket_dir}`,
    'unix_socket_permissions=0700',
    'fsync=on',
    'full_page_writes=on',
    'synchronous_commit=on',
    'max_connections=200',
    `shared_buffers=${megabytes(Math.min(512, Math.max(64, memory_mb / 16)))}`,
    `effective_cache_size=${megabytes(Math.max(256, memory_mb / 3))}`,
    'work_mem=8MB',
    'maintenance_work_mem=64MB',
    'max_wal_size=1GB',
    // Reports are small and cores are few; parallel workers also need /dev/shm, which containers keep tiny.
    'max_parallel_workers_per_gather=0',
    'jit=off',
    'timezone=UTC',
    'log_timezone=UTC',
    // Starts, stops, crashes and recoveries. Refused statements are the product's business, and their values are nobody's.
    'log_min_messages=log',
    'log_min_error_statement=panic',
    'log_checkpoints=off',
  ].flatMap((setting) => ['-c', setting])
}

/**
 * Starts the embedded PostgreSQL of `data_dir`, making the folder on the first start.
 * @throws ConfigError, in one sentence, when another Gradus uses the folder or the server cannot run here.
 */
export async function openEmbedded({ data_dir, log, onGone }: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const binaries = findBinaries()
  const run_as = chooseRunAs(binaries)
  const folder = join(data_dir, 'postgres')
  const log_file = join(data_dir, 'postgres.log')
  await mkdir(data_dir, { recursive: true, mode: 0o700 }).catch((error: Error) => {
    throw new ConfigError(`GRADUS_DATA ${data_dir} cannot be used: ${error.message}. Name a folder that can be made and written.`)
  })
  refuseIfHeld(folder)
  if (run_as.kind === 'nobody') await chmod(data_dir, 0o711)
  const socket_dir = await makeSocketDir(data_dir, run_as)
  await initialise(binaries, run_as, folder)
  await handOver(run_as, folder)

  let child = await start()
  let isStopping = false
  const crashes: number[] = []
  // The last resort of a process that ends without calling stop(): no orphan if we can help it.
  const atExit = (): void => signal(child.pid!, 'SIGINT')
  process.once('exit', atExit)
  watch()

  async function start(): Promise<ChildProcess> {
    const patient_until = Date.now() + START_PATIENCE_MS
    for (;;) {
      refuseIfHeld(folder)
      await stopOrphan(folder, log)
      const attempt = await startOnce(binaries, run_as, folder, socket_dir, log_file, log)
      if ('child' in attempt) return attempt.child
      // Lost to the remains of a killed server or to a start at the same moment: look again.
      const mayPass = attempt.was_killed || /lock file|shared memory block|already (exists|running|in use)|Is another/i.test(attempt.said)
      if (!mayPass || Date.now() > patient_until) {
        throw new ConfigError(`The embedded PostgreSQL did not start: ${attempt.said}. Its log is ${log_file}.`)
      }
      await sleep(150)
    }
  }

  function watch(): void {
    child.once('exit', (code, name) => {
      if (isStopping) return
      log.warn(`the embedded PostgreSQL ended unexpectedly (${name ?? `code ${code}`}); starting it again`)
      const now = Date.now()
      crashes.push(now)
      if (crashes.filter((at) => at > now - 60_000).length > MAX_CRASHES_PER_MINUTE) {
        return onGone(new Error(`The embedded PostgreSQL keeps crashing. Its log is ${log_file}.`))
      }
      start().then((next) => {
        child = next
        if (isStopping) return signal(child.pid!, 'SIGINT')
        log.info('the embedded PostgreSQL is back')
        watch()
      }, onGone)
    })
  }

  return {
    url: urlOf('gradus', 'gradus', socket_dir),
    superuser_url: urlOf('postgres', 'postgres', socket_dir),
    pid: () => child.pid!,
    async stop() {
      isStopping = true
      process.off('exit', atExit)
      await end(child.pid!, () => child.exitCode !== null || child.signalCode !== null)
      // The system's temporary folder is not ours to litter; the one beside the data stays.
      if (!socket_dir.startsWith(data_dir)) await rmdir(socket_dir).catch(() => {})
    },
  }
}

/** The address of the database that a running Gradus has opened on `data_dir`, or null. For commands beside a running server. */
export function findEmbeddedUrl(data_dir: string): string | null {
  const running = findRunning(join(data_dir, 'postgres'))
  return running === null || running.supervisor_pid === null ? null : urlOf('gradus', 'gradus', running.socket_dir)
}

const urlOf = (user: string, database: string, socket_dir: string): string =>
  `postgres://${user}@localhost/${database}?host=${encodeURIComponent(socket_dir)}`

function refuseIfHeld(folder: string): void {
  const running = findRunning(folder)
  if (running === null || running.supervisor_pid === null || running.supervisor_pid === process.pid) return
  const data_dir = join(folder, '..')
  throw new ConfigError(
    `Gradus is running already: process ${running.supervisor_pid} uses ${data_dir}. Stop that process first, or choose another folder with GRADUS_DATA.`,
  )
}

async function stopOrphan(folder: string, log: EmbeddedOptions['log']): Promise<void> {
  const orphan = findRunning(folder)
  if (orphan === null || orphan.supervisor_pid !== null) return
  log.warn(`stopping the PostgreSQL (process ${orphan.pid}) that an earlier Gradus left behind`)
  await end(orphan.pid, () => !worksOn(orphan.pid, folder))
}

/** Fast shutdown; after 20 s immediate shutdown, from which PostgreSQL recovers at the next start. */
async function end(pid: number, isGone: () => boolean): Promise<void> {
  signal(pid, 'SIGINT')
  const urgent_at = Date.now() + 20_000
  for (let isUrgent = false; !isGone(); await sleep(10)) {
    if (isUrgent || Date.now() < urgent_at) continue
    isUrgent = true
    signal(pid, 'SIGQUIT')
  }
}

/** Makes the data folder as a whole or not at all: two first starts cannot mix, an interrupted one leaves nothing that counts. */
async function initialise(binaries: Binaries, run_as: RunAs, folder: string): Promise<void> {
  if (existsSync(join(folder, 'PG_VERSION'))) {
    const version = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim()
    if (version !== '18')
      throw new ConfigError(`${folder} was made by PostgreSQL ${version}, and this Gradus brings 18. Keep it and set GRADUS_DATA to another folder.`)
    return
  }
  const fresh = `${folder}.new-${process.pid}`
  await rm(fresh, { recursive: true, force: true })
  await mkdir(fresh, { mode: 0o700 })
  await handOver(run_as, fresh)
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const args = ['-D', fresh, '-U', 'postgres', ...locale, '--auth-local=trust', '--auth-host=reject', '--no-instructions']
  const { code, said } = await run(run_as, binaries.initdb, args)
  if (code !== 0) throw new ConfigError(`The embedded database could not be made in ${folder}: ${lastLine(said)}`)
  try {
    await rename(fresh, folder)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    if (!existsSync(join(folder, 'PG_VERSION'))) throw error
  }
}

function run(run_as: RunAs, program: string, args: string[]): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    const child = launch(run_as, program, args, ['ignore', 'pipe', 'pipe'])
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, said }))
  })
}

/** Starts the server once and waits until it answers (crash recovery may take its time) or has ended. */
async function startOnce(
  binaries: Binaries,
  run_as: RunAs,
  folder: string,
  socket_dir: string,
  log_file: string,
  log: EmbeddedOptions['log'],
): Promise<{ child: ChildProcess } | { said: string; was_killed: boolean }> {
  if (existsSync(log_file) && statSync(log_file).size > LOG_BYTES) renameSync(log_file, `${log_file}.old`)
  const out = openSync(log_file, 'a', 0o600)
  const log_from = statSync(log_file).size
  const child = launch(run_as, binaries.postgres, ['-D', folder, ...settings(process.pid, socket_dir)], ['ignore', out, out])
  closeSync(out)
  let failure: Error | undefined
  child.on('error', (error) => (failure = error))
  const told_at = Date.now() + 5_000
  for (let hasTold = false; ; await sleep(15)) {
    if (failure !== undefined) return { said: failure.message, was_killed: false }
    if (child.exitCode !== null || child.signalCode !== null) {
      const said = lastLine(readFileSync(log_file).subarray(log_from).toString())
      // Killed while it recovered from being killed: recovery begins anew and ends well.
      return { said, was_killed: child.signalCode === 'SIGKILL' }
    }
    // A stranger's server may answer on the socket of a lost start: only our own child counts.
    if (findRunning(folder)?.pid === child.pid && (await isReady(urlOf('postgres', 'postgres', socket_dir)))) return { child }
    if (!hasTold && Date.now() > told_at) {
      hasTold = true
      log.info('the embedded PostgreSQL is recovering; this takes a while after a crash')
    }
  }
}

/** Whether the server answers; makes role and database of the product where they are missing. */
async function isReady(superuser_url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: superuser_url, connectionTimeoutMillis: 5_000, application_name: 'gradus supervisor' })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ role: boolean; database: boolean }>(
      `select exists (select from pg_roles where rolname = 'gradus') as role, exists (select from pg_database where datname = 'gradus') as database`,
    )
    if (!rows[0]!.role) await client.query('create role gradus login')
    if (!rows[0]!.database) await client.query('create database gradus owner gradus')
    return true
  } catch (error) {
    const code = (error as { code?: string }).code ?? ''
    // Starting up or going down (57P03, 57P01), or no socket yet: ask again; anything else would never end.
    if (/^57P|^E[A-Z]+$/.test(code) || /terminated|timeout/i.test((error as Error).message)) return false
    throw error
  } finally {
    await client.end().catch(() => {})
  }
}

/** The last thing of weight in PostgreSQL's or initdb's output, without its prefix. */
function lastLine(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '')
  const grave = lines.findLast((line) => /FATAL|PANIC|error:/.test(line)) ?? lines.at(-1) ?? 'it said nothing'
  return grave.replace(/^.*?(FATAL|PANIC|error):\s*/, '').trim()
}

/** A private folder for the socket. Addresses of unix sockets hold about 100 bytes, so deep data folders get one in the system's temporary folder. */
async function makeSocketDir(data_dir: string, run_as: RunAs): Promise<string> {
  const near = join(data_dir, 'run')
  const far = join(tmpdir(), `gradus-${process.getuid?.() ?? 0}-${createHash('sha256').update(data_dir).digest('hex').slice(0, 16)}`)
  const dir = Buffer.byteLength(near) <= 85 ? near : far
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const before = await lstat(dir)
  const own = [process.getuid?.(), ...(run_as.kind === 'nobody' ? [run_as.uid] : [])]
  // Beside the data root may take over what an earlier start as nobody owned; a stranger can put nothing there.
  const mayTakeOver = dir === near && process.getuid?.() === 0
  if (!before.isDirectory() || !(own.includes(before.uid) || mayTakeOver)) {
    throw new ConfigError(`${dir} belongs to someone else, so the database's socket cannot be put there. Remove it, or choose a shorter GRADUS_DATA.`)
  }
  await chmod(dir, 0o700)
  await handOver(run_as, dir)
  return dir
}
