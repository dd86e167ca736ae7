import { brokenConstraint, type Tx } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import { insertQueue, lockOptionalQueue, type QueueRow, updateQueueRow } from './queries/queues.ts'

/** What can be set of a queue that external graders serve. */
export interface QueueSettings {
  /** How long a grader may hold a job. */
  lease_seconds: number
  /** A job handed out this often without a usable answer has failed. */
  max_deliveries: number
}

/** Opens a queue that external graders serve. @throws problem queue_taken */
export async function createQueue(tx: Tx, queue: QueueSettings & { name: string }): Promise<QueueRow> {
  try {
    return await insertQueue(tx, queue)
  } catch (error) {
    throw brokenConstraint(error) === 'queues_pkey' ? problem('queue_taken') : error
  }
}

/**
 * Changes a queue, or switches it off or on. Leases that are given stay as they are.
 * @throws problem queue_unknown, own_queue
 */
export async function changeQueue(
  tx: Tx,
  name: string,
  change: { [K in keyof QueueSettings]?: QueueSettings[K] | undefined } & { is_enabled?: boolean | undefined },
): Promise<{ before: QueueRow; after: QueueRow }> {
  const before = await lockOptionalQueue(tx, name)
  if (before === undefined) throw problem('queue_unknown', { queue: name })
  if (!before.is_external) throw problem('own_queue')
  const set = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
  return { before, after: Object.keys(set).length === 0 ? before : await updateQueueRow(tx, name, set) }
}
