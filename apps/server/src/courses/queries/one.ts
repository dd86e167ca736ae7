import type { RawBuilder } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import { problem } from '../../http/problems.ts'

/** The one row of a statement. @throws problem not_found, as when it was deleted after the guard had seen it */
export async function one<T>(db: DbOrTx, statement: RawBuilder<T>): Promise<T> {
  const [row] = await rows(db, statement)
  if (row === undefined) throw problem('not_found')
  return row
}
