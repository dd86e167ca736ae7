import { sql } from 'kysely'
import { type DbOrTx, rows } from '../db/database.ts'

/** Deletes errors older than `days`, a bounded number at once. */
export const deleteOldErrors = async (db: DbOrTx, days: number): Promise<number> =>
  (
    await rows(
      db,
      sql<{ id: string }>`delete from error_events where id in (
          select id from error_events where at < now() - make_interval(days => ${days}) order by at limit 10000 for update skip locked)
        returning id`,
    )
  ).length
