import { type Db, transact } from '../db/database.ts'
import type { Bell } from '../queue/bell.ts'
import { handBackJob } from '../queue/release.ts'
import { tellWatchers } from '../queue/tell.ts'

/** Takes a job back from a worker that stops: no try is lost, and the next worker is woken. @throws problem lease_lost */
export async function takeUndone({ db, bell }: { db: Db; bell: Bell }, lease: { job_id: string; lease_token: string }): Promise<void> {
  const { needs } = await transact(db, async (tx) => {
    const back = await handBackJob(tx, lease)
    await tellWatchers(tx, back.subject_id)
    return back
  })
  bell.ring(needs)
}
