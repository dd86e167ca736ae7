import { getAdminSystem, getSystem, listAudit } from '@gradus/contract/system'
import type { Db } from '../db/database.ts'
import type { Mount } from '../http/mount.ts'
import { version } from '../http/version.ts'
import { liveLanguages } from './live-languages.ts'
import { listAuditEvents, listErrors, listGraders, listQueues, selectNow } from './queries/system.ts'

export function adminRoutes(mount: Mount, { db }: { db: Db }): void {
  mount(getSystem, async () => ({ version, now: await selectNow(db), languages: await liveLanguages(db) }))

  mount(getAdminSystem, async () => ({
    queues: await listQueues(db),
    graders: await listGraders(db, 86_400),
    errors: await listErrors(db, 50),
  }))

  mount(listAudit, async ({ query }) => ({ events: await listAuditEvents(db, query) }))
}
