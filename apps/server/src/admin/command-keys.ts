import { scope } from '@gradus/contract/identity'
import { id as idShape } from '@gradus/contract/words'
import type { Command } from 'commander'
import { createKey, type Scope } from '../identity/create-key.ts'
import { revokeKey } from '../identity/revoke-key.ts'
import { table, UsageError, verb } from './command.ts'
import { listKeys } from './queries/system.ts'

/** Verbs about API keys of people and machines. */
export function keyCommands(program: Command): void {
  verb<{ name: string; scopes: string; user?: string; days?: string }>(
    program,
    'create-key',
    'make an API key and print it, alone, this once',
    async (db, { name, scopes, user, days }) => {
      const made = await createKey(db, {
        name,
        scopes: scopesFrom(scopes),
        ...(user === undefined ? {} : { user_email: user }),
        ttl_days: days === undefined ? null : daysFrom(days),
      })
      const { id, key, principal_id, expires_at } = made
      return { json: { id, key, name: made.name, scopes: made.scopes, principal_id, expires_at }, text: key }
    },
  )
    .requiredOption('--name <name>', 'what the key is for')
    .requiredOption('--scopes <a,b>', 'user (act as --user), grade (lease and report), admin')
    .option('--user <email>', 'whom the key acts as; without it the key is a machine of its own')
    .option('--days <number>', 'ends after this many days')

  verb(program, 'list-keys', 'keys that are not revoked', async (db) => {
    const keys = await listKeys(db)
    return {
      json: { keys },
      text: table(
        ['ID', 'NAME', 'SCOPES', 'ACTS AS', 'LAST USED', 'ENDS'],
        keys.map((k) => [k.id, k.name, k.scopes.join(','), k.email ?? 'itself', k.last_used_at, k.expires_at]),
      ),
    }
  })

  verb(program, 'revoke-key', 'revoke a key at once', async (db, _options, [id]) => {
    if (!idShape.safeParse(id).success) throw new UsageError(`${id} is not the id of a key; list-keys shows them.`)
    await revokeKey(db, id!, { actor_id: null })
    return { json: { id, is_revoked: true }, text: `Key ${id} is revoked.` }
  }).argument('<id>', 'the id that list-keys shows')
}

function scopesFrom(given: string): Scope[] {
  return given.split(',').map((word) => {
    const parsed = scope.safeParse(word.trim())
    if (!parsed.success) throw new UsageError(`${word} is no scope; scopes are ${scope.options.join(', ')}.`)
    return parsed.data
  })
}

function daysFrom(given: string): number {
  const days = Number(given)
  if (!Number.isInteger(days) || days < 1 || days > 3650) throw new UsageError('--days takes a whole number from 1 to 3650.')
  return days
}
