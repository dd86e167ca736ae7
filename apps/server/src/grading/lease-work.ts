import type { leaseJobs as endpoint, LeasedJob } from '@gradus/contract/grading'
import type { z } from 'zod'
import { crashPoint } from '../db/crash-point.ts'
import type { Db } from '../db/database.ts'
import type { Bell } from '../queue/bell.ts'
import type { graderBook } from '../queue/graders.ts'
import { type Lease, leaseJobs } from '../queue/lease.ts'
import { handBackJob } from '../queue/release.ts'
import { handOut } from './hand-out.ts'

/**
 * Leases work for a worker, waiting for the first job as long as it asked to. Nobody gets what nobody would receive: when the
 * worker has gone while it waited, its jobs are handed back at once.
 */
export async function leaseWork(
  { db, bell, book }: { db: Db; bell: Bell; book: ReturnType<typeof graderBook> },
  { worker, slots, languages: offered, max_jobs, wait_seconds }: z.output<typeof endpoint.body>,
  gone: AbortSignal,
): Promise<LeasedJob[]> {
  await book({ name: worker, slots, languages: offered })
  const languages = [...new Set(offered.map(({ language }) => language))]
  const until = performance.now() + wait_seconds * 1000
  // The place in the line comes before the look, so that work which arrives in between rings.
  const place = bell.wait(languages)
  const leave = (): void => place.leave()
  gone.addEventListener('abort', leave)
  try {
    while (!gone.aborted) {
      const leases = await leaseJobs(db, { worker, languages, max_jobs })
      if (leases.length > 0) {
        bell.pass(languages)
        crashPoint('w1_lease_committed')
        const jobs = await handOut(db, leases)
        if (gone.aborted) await handBack(db, bell, leases)
        else if (jobs.length > 0) return jobs
        continue
      }
      const left = until - performance.now()
      if (left <= 0) break
      await place.rung(left)
    }
    return []
  } finally {
    gone.removeEventListener('abort', leave)
    place.leave()
  }
}

/** A job that was dropped meanwhile, or is lost by now, is nobody's worry: the sweep is behind it. */
async function handBack(db: Db, bell: Bell, leases: readonly Lease[]): Promise<void> {
  for (const lease of leases) await handBackJob(db, lease).catch(() => {})
  for (const { needs } of leases) bell.ring(needs)
}
