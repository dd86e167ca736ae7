import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

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

/** Whether the pages are missing or older than what they are made of. */
export function isWebStale(): boolean {
  const built_at = modifiedAt(join(dist, 'index.html'))
  return built_at === 0 || sources.some((source) => newestIn(join(repository, source)) > built_at)
}

/** Builds the web bundle and lays a compressed copy beside every text file, which the server hands out. @throws with the builder's words */
export function buildWeb(): void {
  const vite = join(dirname(createRequire(join(repository, 'apps/web/package.json')).resolve('vite/package.json')), 'bin/vite.js')
  execFileSync(process.execPath, [vite, 'build', 'apps/web', '--logLevel', 'warn'], { cwd: repository, stdio: ['ignore', 2, 2] })
  for (const file of filesIn(dist)) {
    if (!/\.(js|css|html|svg|json|txt|webmanifest)$/.test(file)) continue
    const bytes = readFileSync(file)
    if (bytes.length < 1024) continue
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }))
    writeFileSync(`${file}.gz`, gzipSync(bytes))
  }
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

if (import.meta.main) buildWeb()
