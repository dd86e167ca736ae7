import * as api from '@gradus/contract/queues'
import type { Db } from '../db/database.ts'
import { openQueue, setQueue } from '../grading/open-queue.ts'
import { deleteJob, redeliver, resetJobs } from '../grading/reset-job.ts'
import type { Mount } from '../http/mount.ts'
import { byCaller } from '../identity/by.ts'
import { createGrader } from '../identity/create-grader.ts'
import { renewGraderSecret, updateGrader } from '../identity/update-grader.ts'
import type { Bell } from '../queue/bell.ts'
import { externalQueues } from '../queue/external-queues.ts'
import { readGraders, readJob, readJobs, readQueues } from './read-monitor.ts'
import { openQueueWatching } from './watch-queues.ts'

/** What staff see of the queues and do about them. */
export function queueRoutes(mount: Mount, { db, bell, draining }: { db: Db; bell: Bell; draining: AbortSignal }): void {
  const watching = openQueueWatching({ db, draining })

  mount(api.listQueues, async () => readQueues(db))
  mount(api.watchQueues, async ({ reply }) => watching.send(reply))
  mount(api.listExternalQueues, async () => ({ queues: await externalQueues(db) }))
  mount(api.createQueue, async (call) => openQueue(db, call.body, byCaller(call)))
  mount(api.updateQueue, async (call) => setQueue(db, call.params.queue_name, call.body, byCaller(call)))

  mount(api.listGraders, async () => ({ graders: await readGraders(db) }))
  mount(api.createGrader, async (call) => ({ ...(await createGrader(db, call.body, byCaller(call))), leases: 0 }))
  mount(api.updateGrader, async (call) => {
    const { id } = await updateGrader(db, call.params.grader_account_id, call.body, byCaller(call))
    return (await readGraders(db)).find((grader) => grader.id === id)!
  })
  mount(api.renewGraderSecret, async (call) => renewGraderSecret(db, call.params.grader_account_id, byCaller(call)))

  mount(api.listJobs, async ({ query }) => readJobs(db, query))
  mount(api.getJob, async ({ params }) => readJob(db, params.grading_job_id))
  mount(api.resetJobs, async (call) => resetJobs({ db, bell }, call.body.ids, byCaller(call)))
  mount(api.deleteJob, async (call) => deleteJob(db, call.params.grading_job_id, byCaller(call)))
  mount(api.redeliver, async (call) => ({ count: await redeliver(db, call.params.grading_job_id, byCaller(call)) }))
}
