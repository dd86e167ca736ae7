import { getAdminSystem, getSystem, listAudit } from '@gradus/contract/system'
import type { Db } from '../db/database.ts'
import type { Mount } from '../http/mount.ts'
import { version } from '../http/version.ts'
import { listAuditEvents, listErrors, listGraders, listLanguages, listQueues, selectNow } from './queries.ts'

/** A grader asks for work at least every 25 s; one that has not for this long is not there. */
const GRADER_SEEN_SECONDS = 90

export function adminRoutes(mount: Mount, { db }: { db: Db }): void {
  mount(getSystem, async () => ({ version, now: await selectNow(db), languages: await listLanguages(db, GRADER_SEEN_SECONDS) }))

  mount(getAdminSystem, async () => ({
    queues: await listQueues(db),
    graders: await listGraders(db, 86_400),
    errors: await listErrors(db, 50),
  }))

  mount(listAudit, async ({ query }) => ({ events: await listAuditEvents(db, query) }))
}
