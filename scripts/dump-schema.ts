import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../apps/server/src/db/database.ts'
import { openEmbedded } from '../apps/server/src/db/embedded.ts'
import { migrate } from '../apps/server/src/db/migrate.ts'
import { failStart } from '../apps/server/src/lifecycle.ts'
import { printSchema } from './print-schema.ts'
import { printTables } from './print-tables.ts'

/** `npm run db:dump`: migrates an empty embedded database and writes apps/server/schema.sql and db/tables.ts from it. */
const server = join(import.meta.dirname, '../apps/server')
const data_dir = await mkdtemp(join(tmpdir(), 'gradus-dump-'))
try {
  const postgres = await openEmbedded({ data_dir, log: { info() {}, warn: console.error }, onGone: failStart })
  const open = openDatabase(postgres.url, 2)
  try {
    await migrate(open.pool)
    writeFileSync(join(server, 'schema.sql'), await printSchema(open.pool))
    writeFileSync(join(server, 'src/db/tables.ts'), printTables(postgres.url))
  } finally {
    await open.close()
    await postgres.stop()
  }
  console.log('apps/server/schema.sql and apps/server/src/db/tables.ts are written')
} catch (error) {
  failStart(error)
} finally {
  await rm(data_dir, { recursive: true, force: true })
}
