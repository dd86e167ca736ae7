import { email as emailShape, line } from '@gradus/contract/words'
import type { Command } from 'commander'
import { createUser } from '../identity/create-user.ts'
import { setPassword } from '../identity/set-password.ts'
import { updateUser } from '../identity/update-user.ts'
import { passwordFrom, table, UsageError, verb } from './command.ts'
import { drawPassword } from './draw-password.ts'
import { demoLines, openDemo } from './open-demo.ts'
import { listUsers, selectUserId } from './queries/system.ts'

/** Verbs about people's accounts. They act as the operator: the audit log names no actor. */
export function accountCommands(program: Command): void {
  verb<{ email: string; name: string; password?: string; passwordStdin?: boolean; admin?: boolean; creator?: boolean }>(
    program,
    'create-user',
    'make an account; without a password one is drawn and printed',
    async (db, options) => {
      if (!line(100).safeParse(options.name).success) throw new UsageError('A name is one line of 1 to 100 characters.')
      if (!emailShape.safeParse(options.email).success) throw new UsageError(`${options.email} is not an e-mail address.`)
      const given = await passwordFrom(options)
      const password = given ?? drawPassword()
      const user = await createUser(db, {
        email: options.email,
        display_name: options.name,
        password,
        is_admin: options.admin === true,
        is_creator: options.creator === true || options.admin === true,
      })
      const drawn = given === undefined ? { password } : {}
      const { id, email, display_name, is_admin, is_creator } = user
      return {
        json: { id, email, display_name, is_admin, is_creator, ...drawn },
        text: `${email} may sign in now${given === undefined ? ` with the password ${password}` : ''}.`,
      }
    },
  )
    .requiredOption('--email <address>', 'the address to sign in with')
    .requiredOption('--name <name>', 'the name others see')
    .option('--password <password>', 'at least 8 characters; seen by whoever lists processes')
    .option('--password-stdin', 'read the password from stdin')
    .option('--admin', 'may run the site')
    .option('--creator', 'may make courses and questions')

  verb<{ search?: string; limit: string }>(program, 'list-users', 'accounts, newest first', async (db, { search, limit }) => {
    const users = await listUsers(db, search ?? '', wholeNumber(limit))
    const rights = (user: (typeof users)[number]): string =>
      [user.is_admin && 'admin', user.is_creator && 'creator', user.is_operator && 'operator', user.disabled_at !== null && 'disabled']
        .filter(Boolean)
        .join(',')
    return {
      json: { users },
      text: table(
        ['EMAIL', 'NAME', 'RIGHTS', 'SINCE'],
        users.map((u) => [u.email, u.display_name, rights(u) || null, u.created_at]),
      ),
    }
  })
    .option('--search <text>', 'only those with this in name or address')
    .option('--limit <number>', 'at most this many', '200')

  verb<{ password?: string; passwordStdin?: boolean }>(
    program,
    'set-password',
    'set a new password and end every session of the account; without one it is drawn and printed',
    async (db, options, [email]) => {
      const given = await passwordFrom(options)
      const password = given ?? drawPassword()
      const account = await setPassword(db, { email: email!, password })
      const shown = given === undefined ? { password } : {}
      return {
        json: { id: account.id, email: account.email, ...shown },
        text: `${account.email} has a new password${given === undefined ? `: ${password}` : ''}. Every session of this account has ended.`,
      }
    },
  )
    .argument('<email>', 'whose password')
    .option('--password <password>', 'at least 8 characters; seen by whoever lists processes')
    .option('--password-stdin', 'read the password from stdin')

  const right = (name: string, description: string, change: Parameters<typeof updateUser>[2], undone: Parameters<typeof updateUser>[2]): void => {
    verb<{ undo?: boolean }>(program, name, description, async (db, { undo }, [email]) => {
      const user = await updateUser(db, await selectUserId(db, email!), undo === true ? undone : change, { actor_id: null })
      const { id, is_admin, is_creator, is_operator, disabled_at } = user
      const state = [
        is_admin ? 'administrator' : null,
        is_creator ? 'may create courses' : null,
        is_operator ? 'may watch the queues' : null,
        disabled_at === null ? null : 'disabled',
      ]
      return {
        json: { id, email: user.email, is_admin, is_creator, is_operator, disabled_at },
        text: `${user.email}: ${state.filter((word) => word !== null).join(', ') || 'no special rights'}.`,
      }
    })
      .argument('<email>', 'whose account')
      .option('--undo', 'take it back')
  }
  right('make-admin', 'let an account run the site', { is_admin: true, is_creator: true }, { is_admin: false })
  right('make-creator', 'let an account make courses and questions', { is_creator: true }, { is_creator: false })
  right('make-operator', 'let an account watch the queues and put failed jobs back', { is_operator: true }, { is_operator: false })
  right('disable-user', 'switch an account off and end its sessions', { is_disabled: true }, { is_disabled: false })

  verb(program, 'seed-demo', 'put the demo course, its teacher and a student into an empty database', async (db, _options, _args, { config }) => {
    const demo = await openDemo(db, config.data_dir)
    const said = demo.outcome === 'not_empty' ? ['The database is not empty, so nothing was changed.'] : demoLines(demo)
    return { json: demo, text: said.join('\n') }
  })
}

function wholeNumber(given: string): number {
  const number = Number(given)
  if (!Number.isInteger(number) || number < 1 || number > 100_000) throw new UsageError('--limit takes a whole number from 1 to 100000.')
  return number
}
