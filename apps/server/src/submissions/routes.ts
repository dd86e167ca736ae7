import type { Db } from '../db/database.ts'
import type { Listener } from '../db/listen.ts'
import type { Mount } from '../http/mount.ts'

export function submissionRoutes(_mount: Mount, _parts: { db: Db; listener: Listener }): void {}
