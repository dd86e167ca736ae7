import { Logger, run, type Task } from 'graphile-worker'
import type { Pool } from 'pg'
import type { MessageName, Messages } from './send.ts'

/** What is done with each message. Delivered at least once: every receiver must bear a repetition. */
export type Tasks = { [N in MessageName]: (message: Messages[N]) => Promise<void> }

export interface DeliveryLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Messages at once. They are small, and hand-ins and gradings need the connections more. */
const CONCURRENCY = 2

/**
 * Delivers the outbox in this process until `stop`, which lets running deliveries end. A failed delivery is tried again,
 * 12 times over some two days; after that it stays in graphile_worker.jobs with its last error.
 * Messages are fetched and ticked off in batches: a burst of hand-ins must not pay three statements for each.
 * What a killed process had fetched is delivered by another one four hours later (graphile-worker's own limit), so
 * nothing that cannot wait goes through here.
 */
export async function startDeliveries({ pool, tasks, log }: { pool: Pool; tasks: Tasks; log: DeliveryLog }): Promise<{ stop(): Promise<void> }> {
  const runner = await run({
    pgPool: pool,
    concurrency: CONCURRENCY,
    noHandleSignals: true,
    pollInterval: 2_000,
    logger: new Logger(() => (level, message, meta) => {
      // Its messages name tasks and errors, never payloads; only what went wrong is for us.
      if (level === 'error') log.error({ ...meta }, message)
      else if (level === 'warning') log.warn({ ...meta }, message)
    }),
    taskList: Object.fromEntries(Object.entries(tasks).map(([name, deliver]) => [name, ((payload) => deliver(payload as never)) satisfies Task])),
    preset: {
      worker: {
        localQueue: { size: 50, refetchDelay: { durationMs: 500 } },
        completeJobBatchDelay: 200,
        failJobBatchDelay: 200,
      },
    },
  })
  return { stop: () => Promise.resolve(runner.stop()) }
}
