import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import type { By } from '../identity/by.ts'
import { changeQueue, createQueue, type QueueSettings } from '../queue/create-queue.ts'

type Queue = Awaited<ReturnType<typeof createQueue>>

/** Opens a queue that external graders serve, and records who did. @throws problem queue_taken */
export const openQueue = (db: Db, queue: QueueSettings & { name: string }, by: By): Promise<Queue> =>
  transact(db, async (tx) => {
    const made = await createQueue(tx, queue)
    await recordAudit(tx, { ...by, action: 'queue.created', object_kind: 'queue', object_id: queue.name, after: settings(made) })
    return made
  })

/** Changes a queue, or switches it off or on, and records who did. @throws problem queue_unknown, own_queue */
export const setQueue = (db: Db, name: string, change: Parameters<typeof changeQueue>[2], by: By): Promise<Queue> =>
  transact(db, async (tx) => {
    const { before, after } = await changeQueue(tx, name, change)
    if (before !== after) {
      await recordAudit(tx, {
        ...by,
        action: 'queue.changed',
        object_kind: 'queue',
        object_id: name,
        before: settings(before),
        after: settings(after),
      })
    }
    return after
  })

const settings = ({ lease_seconds, max_deliveries, is_enabled }: Queue) => ({ lease_seconds, max_deliveries, is_enabled })
