import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { type OpenDatabase, openDatabase } from '../src/db/database.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A server on which the suite may create databases, and the migrated template on it. */
    postgres_url: string
    template: string
  }
}

/** Where a database of that name is on the suite's server. */
export function urlOf(database: string): string {
  const url = new URL(inject('postgres_url'))
  url.pathname = `/${database}`
  return url.href
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgres_url') })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

export interface TestDatabase extends OpenDatabase {
  url: string
}

/** A database of the test file's own, copied from the migrated template in some 30 ms, or with nothing in it; dropped by `close`. */
export async function openTestDatabase(pool_size = 8, { is_empty = false }: { is_empty?: boolean } = {}): Promise<TestDatabase> {
  const name = `gradus_test_${process.pid}_${randomBytes(5).toString('hex')}`
  await onServer(`create database ${name} template ${is_empty ? 'template0' : inject('template')}`)
  const url = urlOf(name)
  const open = openDatabase(url, pool_size, 'gradus test')
  return {
    ...open,
    url,
    async close() {
      await open.close()
      await onServer(`drop database if exists ${name} with (force)`)
    },
  }
}
