import { api } from '@gradus/contract/api'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Pool } from 'pg'
import { countCallbacks } from './admin/queries/monitor.ts'
import { listQueues } from './admin/queries/system.ts'
import { queueRoutes } from './admin/queue-routes.ts'
import { adminRoutes } from './admin/routes.ts'
import { adoption } from './adoption.ts'
import { recordError } from './audit/record-error.ts'
import type { Config } from './config.ts'
import { courseLocators } from './courses/locate.ts'
import { isOpenToGuests } from './courses/open-to-guests.ts'
import { courseRoutes } from './courses/routes.ts'
import { armCrashPoint } from './db/crash-point.ts'
import type { Db } from './db/database.ts'
import { readInstallationKeys } from './db/installation-keys.ts'
import type { Listener } from './db/listen.ts'
import { depositoryLocators } from './depository/locate.ts'
import { plainRoutes } from './depository/plain-routes.ts'
import { depositoryRoutes } from './depository/routes.ts'
import { gradingRoutes } from './grading/routes.ts'
import { xqueueRoutes } from './grading/xqueue.ts'
import { serveDocs } from './http/docs.ts'
import { mounting } from './http/mount.ts'
import { observe } from './http/observe.ts'
import { openapi } from './http/openapi.ts'
import { servePages } from './http/pages.ts'
import { openServer } from './http/serve.ts'
import { version } from './http/version.ts'
import { createAuthenticate } from './identity/authenticate.ts'
import { writeGuestCookies } from './identity/guest-cookie.ts'
import { welcomeGuest } from './identity/guests.ts'
import { identityLocators } from './identity/locate.ts'
import { identityRoutes } from './identity/routes.ts'
import { progressRoutes } from './progress/routes.ts'
import { openBell } from './queue/bell.ts'
import { createGuard } from './roster/authorize.ts'
import { rosterLocators } from './roster/locate.ts'
import { rosterRoutes } from './roster/routes.ts'
import type { Blobs } from './storage/blobs.ts'
import { scanned } from './storage/scan.ts'
import { submissionLocators } from './submissions/locate.ts'
import { submissionRoutes } from './submissions/routes.ts'
import { standing } from './submissions/standing.ts'

/** What the slices are given: handles, never globals. */
export interface Parts {
  config: Config
  db: Db
  pool: Pool
  listener: Listener
  log: FastifyBaseLogger
  /** The bytes of files. */
  blobs: Blobs
  /** Says that an answer to a learning management system is on its way. */
  wakeCallbacks: () => void
  /** Fires when the process begins to drain: readiness says no, streams may end. */
  draining: AbortSignal
}

/** The whole server as a value: a test builds it, injects requests and closes it. The table of contents of the product. */
export async function buildApp({ config, db, pool, listener, log, blobs, wakeCallbacks, draining }: Parts): Promise<FastifyInstance> {
  const app = await openServer(config, log, (event) => recordError(db, event))
  observe(app, { pool, draining, readQueues: () => listQueues(db), readCallbacks: () => countCallbacks(db) })
  const guard = createGuard(
    db,
    { ...identityLocators, ...rosterLocators, ...courseLocators, ...submissionLocators, ...depositoryLocators },
    (course_id) => isOpenToGuests(db, course_id),
  )
  writeGuestCookies(app, config)
  const authenticate = createAuthenticate(db, config, adoption)
  const mount = mounting(app, authenticate, guard, (request) => welcomeGuest(db, request))
  const keys = await readInstallationKeys(db)
  const bell = openBell(db, listener)
  app.addHook('onClose', async () => bell.close())
  armCrashPoint(config.crash_point)

  identityRoutes(mount, { db, config, adoption })
  rosterRoutes(mount, { db })
  courseRoutes(mount, { db, standing })
  progressRoutes(mount, { db, config })
  // An LMS vouches for its own files; what people hand in is looked at where the operator wants it.
  const looked_at = config.scan_command === null ? blobs : scanned(blobs, config.scan_command)
  submissionRoutes(mount, { db, listener, bell, blobs: looked_at, draining })
  gradingRoutes(mount, { db, bell, draining })
  await xqueueRoutes(app, {
    db,
    config,
    keys,
    blobs,
    policy: { allowed_hosts: config.callback_hosts },
    wake: wakeCallbacks,
  })
  const depository = { db, config, blobs: looked_at, key: keys.addresses, guard, draining }
  depositoryRoutes(app, mount, depository)
  await plainRoutes(app, { ...depository, authenticate })
  queueRoutes(mount, { db, bell, draining })
  adminRoutes(mount, { db })

  serveDocs(app, openapi(api, version))
  await servePages(app)
  return app
}
