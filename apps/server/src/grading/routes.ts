import * as api from '@gradus/contract/grading'
import { crashPoint } from '../db/crash-point.ts'
import type { Db } from '../db/database.ts'
import type { Mount } from '../http/mount.ts'
import type { Bell } from '../queue/bell.ts'
import { graderBook } from '../queue/graders.ts'
import { heartbeat } from '../queue/heartbeat.ts'
import { leaseWork } from './lease-work.ts'
import { takeBack } from './take-back.ts'
import { takeFailure } from './take-failure.ts'
import { takeUndone } from './take-undone.ts'

export function gradingRoutes(mount: Mount, { db, bell, draining }: { db: Db; bell: Bell; draining: AbortSignal }): void {
  const book = graderBook(db)

  mount(api.leaseJobs, async ({ body, reply }) => {
    const left = new AbortController()
    reply.raw.on('close', () => left.abort())
    return { jobs: await leaseWork({ db, bell, book }, body, AbortSignal.any([left.signal, draining])) }
  })
  mount(api.heartbeat, async ({ params, body }) => heartbeat(db, { ...params, ...body }))
  mount(api.reportResult, async ({ params, body, reply }) => {
    reply.raw.on('finish', () => crashPoint('w5_result_answered'))
    return takeBack(db, { ...params, ...body })
  })
  mount(api.releaseJob, async ({ params, body: { cause, ...body } }) => {
    if (cause === 'shutdown') await takeUndone({ db, bell }, { ...params, ...body })
    else await takeFailure(db, { ...params, ...body })
  })
}
