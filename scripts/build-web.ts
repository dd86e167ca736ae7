import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { ConfigError } from '../apps/server/src/config.ts'
import { failStart } from '../apps/server/src/lifecycle.ts'

const repository = join(import.meta.dirname, '..')
const dist = join(repository, 'apps/web/dist')
const sources = [
  'apps/web/src',
  'apps/web/public',
  'apps/web/index.html',
  'apps/web/vite.config.ts',
  'packages/contract/src',
  'packages/client/src',
  'package-lock.json',
]
/** Files of earlier builds are kept this long: a page that a student has had open since then still finds its parts. */
const KEEP_MS = 7 * 86_400_000

/** Whether the pages are missing or older than what they are made of. */
export function isWebStale(): boolean {
  const built_at = modifiedAt(join(dist, 'index.html'))
  return built_at === 0 || sources.some((source) => newestIn(join(repository, source)) > built_at)
}

/**
 * Builds the web bundle and lays a compressed copy beside every text file, which the server hands out. Two builds at
 * once, or a build under a running server, do no harm: files come in one by one under names that tell their content,
 * index.html last.
 * @throws ConfigError where the builder fails; it has told why on stderr
 */
export function buildWeb(): void {
  const started_at = Date.now()
  const fresh = join(dist, `.new-${process.pid}`)
  const vite = join(dirname(createRequire(join(repository, 'apps/web/package.json')).resolve('vite/package.json')), 'bin/vite.js')
  const built = spawnSync(process.execPath, [vite, 'build', 'apps/web', '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn'], {
    cwd: repository,
    stdio: ['ignore', 2, 2],
  })
  if (built.status !== 0) {
    rmSync(fresh, { recursive: true, force: true })
    throw new ConfigError('The pages could not be built; what the builder said stands above. Run npm ci and try again.')
  }
  for (const file of filesIn(fresh)) if (/\.(js|css|html|svg|json|txt|webmanifest)$/.test(file)) compress(file)
  const made = filesIn(fresh).sort((a, b) => Number(a.includes('index.html')) - Number(b.includes('index.html')))
  const kept = new Set<string>()
  for (const file of made) {
    const target = join(dist, relative(fresh, file))
    mkdirSync(dirname(target), { recursive: true })
    renameSync(file, target)
    kept.add(target)
  }
  rmSync(fresh, { recursive: true, force: true })
  for (const file of filesIn(dist)) if (!kept.has(file) && modifiedAt(file) < started_at - KEEP_MS) rmSync(file, { force: true })
}

/** Smaller files do not gain by it. */
const LEAST_BYTES = 1024

function compress(file: string): void {
  const bytes = readFileSync(file)
  if (bytes.length < LEAST_BYTES) return
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }))
  writeFileSync(`${file}.gz`, gzipSync(bytes))
}

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

function newestIn(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined || found.isFile()) return found?.mtimeMs ?? 0
  return Math.max(0, ...filesIn(path).map(modifiedAt))
}

if (import.meta.main) {
  try {
    buildWeb()
  } catch (error) {
    failStart(error)
  }
}
