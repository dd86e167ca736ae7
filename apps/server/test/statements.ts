import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import type { Db } from '../src/db/database.ts'
import type { DB } from '../src/db/tables.ts'

/** Runs `work` on a database that answers nothing and returns the texts of the statements it would have sent. */
export async function statementsOf(work: (db: Db) => Promise<unknown>): Promise<string[]> {
  const sent: string[] = []
  const db = new Kysely<DB>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (any) => new PostgresIntrospector(any),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: (event) => void sent.push(event.query.sql),
  })
  await work(db)
  return sent
}
