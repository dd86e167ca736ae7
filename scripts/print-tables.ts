import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Prints the table types of a migrated database: what apps/server/src/db/tables.ts holds. */
export function printTables(database_url: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-tables-'))
  try {
    const out = join(folder, 'tables.ts')
    const generator = join(dirname(createRequire(import.meta.url).resolve('kysely-codegen/package.json')), 'dist/cli/bin.js')
    const types = JSON.stringify({ timestamptz: 'string', int8: 'number' })
    const args = ['--dialect', 'postgres', '--url', database_url, '--out-file', out, '--numeric-parser', 'number', '--type-mapping', types]
    execFileSync(process.execPath, [generator, ...args, '--exclude-pattern', '(migrations|graphile_worker.*)', '--log-level', 'error'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    return readFileSync(out, 'utf8')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
