import pg from 'pg'
import { ConfigError } from '../config.ts'

/** Oldest PostgreSQL the product is tested on. */
const OLDEST_VERSION = 150_000

const reasons: Record<string, string> = {
  '28P01': 'it refuses the password',
  '28000': 'it refuses the sign-in',
  '3D000': 'that database does not exist on it',
  ECONNREFUSED: 'nothing listens there',
  ENOENT: 'nothing listens there',
  ENOTFOUND: 'no machine has that name',
  EAI_AGAIN: 'no machine has that name',
  ETIMEDOUT: 'it does not answer',
}

/**
 * Refuses a PostgreSQL that could lose acknowledged work or that we do not know (reliability rule 8).
 * @throws ConfigError, one sentence for the operator that holds no password.
 */
export async function checkServer(database_url: string): Promise<void> {
  const client = new pg.Client({ connectionString: database_url, connectionTimeoutMillis: 8_000, application_name: 'gradus check' })
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    const why = reasons[code ?? ''] ?? (/timeout/.test(message) ? 'it does not answer' : message)
    throw new ConfigError(
      `The PostgreSQL server of DATABASE_URL (${placeOf(database_url)}) cannot be used: ${why}. Start it, or correct the address.`,
    )
  }
  try {
    const { rows } = await client.query<ServerFacts>(`
      select current_setting('server_version_num')::int as version, current_setting('server_version') as version_text,
             coalesce(has_schema_privilege(current_schema(), 'create'), false) as may_create,
             array(select s from unnest(array['fsync', 'full_page_writes', 'synchronous_commit']) s where current_setting(s) = 'off') as off`)
    const refusal = refusalOf(rows[0]!)
    if (refusal !== null) throw new ConfigError(refusal)
  } finally {
    await client.end()
  }
}

interface ServerFacts {
  version: number
  version_text: string
  may_create: boolean
  /** Of fsync, full_page_writes and synchronous_commit those that are off. */
  off: string[]
}

/** Why a server is not taken, or null. */
export function refusalOf({ version, version_text, may_create, off }: ServerFacts): string | null {
  if (version < OLDEST_VERSION)
    return `DATABASE_URL names PostgreSQL ${version_text}, but Gradus needs version 15 or newer. Upgrade it or name another.`
  if (off.length > 0) {
    return `The PostgreSQL server of DATABASE_URL runs with ${off.join(' and ')} off, so it can lose work that was acknowledged. Switch ${off.length > 1 ? 'them' : 'it'} on.`
  }
  return may_create ? null : 'The role of DATABASE_URL may not create tables. Make it the owner of the database, or grant it create on its schema.'
}

/** Host, port and database of an address, without user and password. */
function placeOf(database_url: string): string {
  const url = new URL(database_url)
  return `${url.searchParams.get('host') ?? url.host}${url.pathname}`
}
