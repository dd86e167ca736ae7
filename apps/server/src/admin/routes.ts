import type { Db } from '../db/database.ts'
import type { Mount } from '../http/mount.ts'

export function adminRoutes(_mount: Mount, _parts: { db: Db }): void {}
