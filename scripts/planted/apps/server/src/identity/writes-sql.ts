import { sql } from 'kysely'

export const statement = sql`select 1`
