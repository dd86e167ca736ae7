import type { LeasedJob } from '@gradus/contract/grading'
import type { Language } from '@gradus/contract/words'
import { joinSpec } from '../courses/content.ts'
import { type Db, transact } from '../db/database.ts'
import { forgetJobs } from '../queue/forget.ts'
import type { Lease } from '../queue/lease.ts'
import { dropRun } from '../submissions/drop-run.ts'
import { listWork, type Work } from './queries/work.ts'

/**
 * What workers need for these leases: the exact bytes, and the spec with only the tests and the language of each job,
 * without reference and starter. A run whose draft has changed since is dropped: its outcome would prove nothing.
 */
export async function handOut(db: Db, leases: readonly Lease[]): Promise<LeasedJob[]> {
  if (leases.length === 0) return []
  const work = new Map(
    (
      await listWork(
        db,
        leases.map((lease) => lease.subject_id),
      )
    ).map((one) => [one.subject_id, one]),
  )
  const jobs: LeasedJob[] = []
  for (const lease of leases) {
    const of = work.get(lease.subject_id)
    if (of === undefined || of.is_stale) await dropStale(db, lease.subject_id)
    else jobs.push(jobOf(lease, of))
  }
  return jobs
}

/** Throws a run away whose draft has changed, with its job. */
export const dropStale = (db: Db, run_id: string): Promise<void> =>
  transact(db, async (tx) => {
    await dropRun(tx, run_id)
    await forgetJobs(tx, [run_id])
  })

function jobOf({ subject_id: _, needs, ...lease }: Lease, { content, kind, spec, tests }: Work): LeasedJob {
  const language = needs as Language
  const { starter: __, reference: ___, ...part } = spec.languages[language]!
  return {
    ...lease,
    language,
    code_base64: content.toString('base64'),
    spec: joinSpec({
      kind,
      spec: { ...spec, languages: { [language]: { ...part, starter: '', reference: '' } } },
      tests: tests.map(({ id: ____, ...test }) => test),
    }),
  }
}
