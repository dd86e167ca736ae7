import type { GraderAccount, Job, QueueDepth } from '@gradus/contract/queues'
import type { Db } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import { graderAccounts } from '../identity/grader-accounts.ts'
import { readToken } from '../queue/lease.ts'
import { countLeases, type JobFilter, listDepths, listJobRows, selectOptionalJobDetail } from './queries/monitor.ts'

/** Every queue as it stands now, by the database's clock. */
export async function readQueues(db: Db): Promise<{ now: string; queues: QueueDepth[] }> {
  const depths = await listDepths(db)
  return { now: depths[0]?.now ?? new Date(0).toISOString(), queues: depths.map(({ now: _, ...queue }) => queue) }
}

/** A page of jobs. The search may be a whole pull key: keys are stored hashed, so it is hashed and compared (R99). */
export async function readJobs(
  db: Db,
  { cursor, limit, ...filter }: Omit<JobFilter, 'key_sha256' | 'before'> & { cursor?: string | undefined },
): Promise<{ jobs: Job[]; next_cursor: string | null }> {
  if (cursor !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(cursor)) {
    throw problem('invalid_request', { fields: [{ path: 'cursor', message: 'is not a cursor of this list' }] })
  }
  const key_sha256 = readToken(filter.search?.trim() ?? '')?.lease_hash ?? null
  const found = await listJobRows(db, { ...filter, search: filter.search?.trim(), key_sha256, before: cursor, limit: limit + 1 })
  const jobs = found.slice(0, limit)
  return { jobs, next_cursor: found.length > limit ? jobs.at(-1)!.id : null }
}

/** What is shown of a long text. */
const MAX_SHOWN = 65_536
const textOf = (bytes: Buffer): string => bytes.toString().replaceAll('\0', '\u2400').slice(0, MAX_SHOWN)

/** An LMS's header without the key by which it knows our answer for ours: whoever reads it could answer in our place. */
function withoutKey(header: Buffer): string {
  try {
    return JSON.stringify({ ...(JSON.parse(header.toString()) as Record<string, unknown>), lms_key: '…' })
  } catch {
    return '…'
  }
}

/** One job, whole, to read. @throws problem not_found */
export async function readJob(db: Db, id: string) {
  const job = await selectOptionalJobDetail(db, id)
  if (job === undefined) throw problem('not_found')
  const { lease_hash, reply, lms, files, callbacks, ...rest } = job
  return {
    ...rest,
    pull_key_hint: lease_hash === null ? null : lease_hash.toString('hex').slice(0, 8),
    reply: reply === null ? null : textOf(reply),
    lms: lms === null ? null : { ...lms, header: textOf(Buffer.from(withoutKey(lms.header))), body: textOf(lms.body), files, callbacks },
  }
}

/** The accounts of external graders, with what each holds now. */
export async function readGraders(db: Db): Promise<GraderAccount[]> {
  const [accounts, leases] = await Promise.all([graderAccounts(db), countLeases(db)])
  return accounts.map((account) => ({ ...account, leases: leases.get(account.username) ?? 0 }))
}
