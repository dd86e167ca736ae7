import type { Command } from 'commander'
import { table, verb } from './command.ts'
import { listQueues } from './queries.ts'

/** Verbs about grading work. */
export function queueCommands(program: Command): void {
  verb(program, 'queues', 'how much work waits, is held by graders, and needs staff', async (db) => {
    const queues = await listQueues(db)
    const age = (seconds: number | null): string | null => (seconds === null ? null : `${Math.round(seconds)} s`)
    return {
      json: { queues },
      text: table(
        ['QUEUE', 'WAITING', 'PULLED', 'NEEDS STAFF', 'OLDEST WAITS'],
        queues.map((q) => [q.name, q.waiting, q.pulled, q.failed, age(q.oldest_waiting_seconds)]),
      ),
    }
  })
}
