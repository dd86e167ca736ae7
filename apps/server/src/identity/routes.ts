import type { Config } from '../config.ts'
import type { Db } from '../db/database.ts'
import type { Mount } from '../http/mount.ts'

export function identityRoutes(_mount: Mount, _parts: { db: Db; config: Config }): void {}
