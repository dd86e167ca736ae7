import { createGrader as graderShape, jobStates, createQueue as queueShape, jobState as stateShape } from '@gradus/contract/queues'
import { id as idShape } from '@gradus/contract/words'
import type { Command } from 'commander'
import type { z } from 'zod'
import { purgeLms } from '../grading/delete-lms.ts'
import { openQueue, setQueue } from '../grading/open-queue.ts'
import { resetJobs } from '../grading/reset-job.ts'
import { createGrader } from '../identity/create-grader.ts'
import { graderAccounts } from '../identity/grader-accounts.ts'
import { renewGraderSecret, updateGrader } from '../identity/update-grader.ts'
import { passwordFrom, table, UsageError, verb } from './command.ts'
import { silent } from './command-queues.ts'
import { readGraders, readJobs } from './read-monitor.ts'

const operator = { actor_id: null }

/** Verbs about queues that external graders serve, their accounts and their jobs. */
export function graderCommands(program: Command): void {
  verb<{ leaseSeconds: string; maxDeliveries: string }>(
    program,
    'create-queue',
    'open a queue for external graders',
    async (db, { leaseSeconds, maxDeliveries }, [name]) => {
      const queue = checked(queueShape.body, { name, lease_seconds: Number(leaseSeconds), max_deliveries: Number(maxDeliveries) })
      const made = await openQueue(db, queue, operator)
      return { json: made, text: `Queue ${made.name} is open: ${made.lease_seconds} s a lease, ${made.max_deliveries} deliveries.` }
    },
  )
    .argument('<name>', 'as graders and learning management systems call it')
    .option('--lease-seconds <number>', 'how long a grader may hold a job', '60')
    .option('--max-deliveries <number>', 'a job handed out this often without an answer has failed', '5')

  verb<{ leaseSeconds?: string; maxDeliveries?: string; off?: boolean; on?: boolean }>(
    program,
    'set-queue',
    'change a queue of external graders, or switch it off or on',
    async (db, { leaseSeconds, maxDeliveries, off, on }, [name]) => {
      const change = {
        lease_seconds: leaseSeconds === undefined ? undefined : Number(leaseSeconds),
        max_deliveries: maxDeliveries === undefined ? undefined : Number(maxDeliveries),
      }
      checked(queueShape.body.partial(), Object.fromEntries(Object.entries({ name, ...change }).filter(([, value]) => value !== undefined)))
      const made = await setQueue(db, name!, { ...change, is_enabled: off === true ? false : on === true ? true : undefined }, operator)
      const state = made.is_enabled ? 'open' : 'switched off'
      return { json: made, text: `Queue ${made.name} is ${state}: ${made.lease_seconds} s a lease, ${made.max_deliveries} deliveries.` }
    },
  )
    .argument('<name>', 'the queue')
    .option('--lease-seconds <number>', 'how long a grader may hold a job')
    .option('--max-deliveries <number>', 'a job handed out this often without an answer has failed')
    .option('--off', 'hand nothing out; hand-ins still come in')
    .option('--on', 'hand out again')

  verb<{ queues: string; secret?: string; secretStdin?: boolean; strictStatus?: boolean }>(
    program,
    'create-grader',
    'make an account for a grader or a learning management system and print its secret, alone, this once',
    async (db, { queues, secret: given, secretStdin, strictStatus }, [username]) => {
      const secret = await passwordFrom({ ...(given === undefined ? {} : { password: given }), passwordStdin: secretStdin === true })
      const grader = checked(graderShape.body, { username, queues: namesIn(queues), strict_status: strictStatus === true, secret })
      const made = await createGrader(db, grader, operator)
      return { json: made, text: made.secret }
    },
  )
    .argument('<name>', 'the name to log in with')
    .requiredOption('--queues <a,b>', 'the queues it may serve')
    .option('--secret <secret>', 'take this one instead of drawing one; seen by whoever lists processes')
    .option('--secret-stdin', 'read it from stdin')
    .option('--strict-status', 'answer in HTTP status codes instead of 200 with an envelope')

  verb(program, 'list-graders', 'accounts of external graders', async (db) => {
    const graders = await readGraders(db)
    return {
      json: { graders },
      text: table(
        ['ID', 'NAME', 'QUEUES', 'DIALECT', 'STATE', 'HOLDS', 'LAST LOGIN'],
        graders.map((g) => [
          g.id,
          g.username,
          g.queues.join(','),
          g.strict_status ? 'strict' : 'legacy',
          g.is_disabled ? 'off' : 'on',
          g.leases,
          g.last_login_at,
        ]),
      ),
    }
  })

  verb<{ queues?: string; off?: boolean; on?: boolean; strictStatus?: boolean; legacyStatus?: boolean }>(
    program,
    'set-grader',
    'change which queues an account serves or its dialect, or switch it off or on',
    async (db, { queues, off, on, strictStatus, legacyStatus }, [username]) => {
      const change = {
        queues: queues === undefined ? undefined : namesIn(queues),
        is_disabled: off === true ? true : on === true ? false : undefined,
        strict_status: strictStatus === true ? true : legacyStatus === true ? false : undefined,
      }
      const made = await updateGrader(db, await graderId(db, username!), change, operator)
      return { json: made, text: `${made.username} serves ${made.queues.join(', ')}${made.is_disabled ? ' and is switched off' : ''}.` }
    },
  )
    .argument('<name>', 'the account')
    .option('--queues <a,b>', 'the queues it may serve from now on')
    .option('--off', 'end its sessions and let it in no more')
    .option('--on', 'let it in again')
    .option('--strict-status', 'answer in HTTP status codes')
    .option('--legacy-status', 'answer 200 with an envelope')

  verb(program, 'renew-grader-secret', 'draw a new secret for an account and print it, alone, this once', async (db, _options, [username]) => {
    const { secret } = await renewGraderSecret(db, await graderId(db, username!), operator)
    return { json: { username, secret }, text: secret }
  }).argument('<name>', 'the account')

  verb<{ state?: string; queue?: string; search?: string; limit: string }>(
    program,
    'list-jobs',
    'grading jobs, newest first',
    async (db, { state, queue, search, limit }) => {
      if (state !== undefined && !stateShape.safeParse(state).success)
        throw new UsageError(`${state} is no state; states are ${jobStates.join(', ')}.`)
      const most = Number(limit)
      if (!Number.isInteger(most) || most < 1 || most > 1_000) throw new UsageError('--limit takes a whole number from 1 to 1000.')
      const { jobs } = await readJobs(db, { ...(state === undefined ? {} : { state: stateShape.parse(state) }), queue, search, limit: most })
      return {
        json: { jobs },
        text: table(
          ['ID', 'NUMBER', 'QUEUE', 'STATE', 'DELIVERIES', 'HELD BY', 'STUDENT', 'ITEM', 'SINCE', 'FAILURE'],
          jobs.map((j) => [j.id, j.xqueue_id, j.queue, j.state, j.deliveries, j.leased_by, j.student, j.item, j.state_changed_at, j.failure]),
        ),
      }
    },
  )
    .option('--state <state>', jobStates.join(', '))
    .option('--queue <name>', 'only this queue')
    .option('--search <text>', 'part of a student, course, item or grader file, or a whole id or pull key')
    .option('--limit <number>', 'at most this many', '50')

  verb(program, 'reset-jobs', 'put failed jobs back to pending with no deliveries counted', async (db, _options, ids) => {
    const unknown = ids.find((id) => !idShape.safeParse(id).success)
    if (unknown !== undefined) throw new UsageError(`${unknown} is not the id of a job; list-jobs shows them.`)
    const done = await resetJobs({ db, bell: silent }, ids, operator)
    return { json: done, text: `${done.reset.length} reset, ${done.skipped.length} skipped, ${done.errors.length} errors.` }
  }).argument('<jobs...>', 'ids that list-jobs shows')

  verb<{ olderThanDays: string }>(
    program,
    'purge-lms',
    'delete hand-ins of learning management systems that ended long ago and whose answers are brought',
    async (db, { olderThanDays }) => {
      const purged = await purgeLms(db, daysFrom(olderThanDays), operator)
      return { json: { purged }, text: `${purged} deleted.` }
    },
  ).requiredOption('--older-than-days <number>', 'ended more than this many days ago')
}

const daysFrom = (given: string): number => {
  const days = Number(given)
  if (!Number.isInteger(days) || days < 1 || days > 3_650) throw new UsageError('--older-than-days takes a whole number from 1 to 3650.')
  return days
}

const namesIn = (list: string): string[] => list.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]))

function checked<S extends z.ZodType>(shape: S, value: unknown): z.output<S> {
  const parsed = shape.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UsageError(`${issue!.path.join('.')}: ${issue!.message}.`)
}

async function graderId(db: Parameters<typeof graderAccounts>[0], username: string): Promise<string> {
  const found = (await graderAccounts(db)).find((grader) => grader.username === username)
  if (found === undefined) throw new UsageError(`No grader account has the name ${username}; list-graders shows them.`)
  return found.id
}
