import type { QueueDepth } from '@gradus/contract/queues'
import { duration } from '../ui/time.ts'

/** Work that waits longer than this while nobody takes any deserves a look. */
const LONG_SECONDS = 120

export const waitingIn = (queue: QueueDepth): number => queue.pending + queue.retry

export interface Advice {
  tone: 'red' | 'orange' | 'gray'
  /** What is the matter, and what to do about it. */
  sentence: string
}

const jobs = (count: number): string => (count === 1 ? '1 job' : `${count} jobs`)

const answers = (count: number): string => (count === 1 ? '1 answer' : `${count} answers`)

/** What somebody woken at night should do about a queue; null where it runs by itself. */
export function adviceFor(queue: QueueDepth): Advice | null {
  const waiting = waitingIn(queue)
  const since = queue.oldest_waiting_seconds === null ? '' : `, the oldest for ${duration(queue.oldest_waiting_seconds * 1000)}`
  if (queue.failed > 0) return { tone: 'red', sentence: `${jobs(queue.failed)} failed: see why, then put back.` }
  if (queue.undelivered > 0)
    return { tone: 'red', sentence: `${answers(queue.undelivered)} could not be delivered: find the job, then deliver again.` }
  if (!queue.is_enabled)
    return waiting > 0
      ? { tone: 'orange', sentence: `Switched off while ${waiting} wait${waiting === 1 ? 's' : ''}${since}.` }
      : { tone: 'gray', sentence: 'Switched off.' }
  if (waiting === 0) return null
  if (queue.is_external && queue.graders.length === 0) return { tone: 'orange', sentence: 'Work waits, and no grader account may pull it.' }
  const isStuck = (queue.oldest_waiting_seconds ?? 0) > LONG_SECONDS && queue.pulled === 0 && queue.retired_per_minute.slice(-2).every((n) => n === 0)
  return isStuck ? { tone: 'orange', sentence: 'Nobody takes work. Is the grader up?' } : null
}

/** The whole in a sentence for the head of the page. */
export function summaryOf(queues: readonly QueueDepth[]): Advice {
  const failed = queues.reduce((sum, queue) => sum + queue.failed, 0)
  const waiting = queues.reduce((sum, queue) => sum + waitingIn(queue), 0)
  const stuck = queues.filter((queue) => adviceFor(queue)?.tone === 'orange').length
  if (failed > 0)
    return {
      tone: 'red',
      sentence: `${jobs(failed)} failed and ${failed === 1 ? 'waits' : 'wait'} for you.`,
    }
  const undelivered = queues.reduce((sum, queue) => sum + queue.undelivered, 0)
  if (undelivered > 0)
    return {
      tone: 'red',
      sentence: `${answers(undelivered)} could not be brought to ${undelivered === 1 ? 'its' : 'their'} learning management system.`,
    }
  if (stuck > 0)
    return {
      tone: 'orange',
      sentence: stuck === 1 ? 'One queue does not move. Its line says why.' : `${stuck} queues do not move. Their lines say why.`,
    }
  return {
    tone: 'gray',
    sentence:
      waiting === 0
        ? 'All is well: nothing has failed and nothing waits.'
        : `All is well: ${jobs(waiting)} wait${waiting === 1 ? 's' : ''}, nothing has failed.`,
  }
}

/** What a sparkline says, in words. */
export function rateSentence(per_minute: readonly number[]): string {
  const total = per_minute.reduce((sum, n) => sum + n, 0)
  if (total === 0) return `No job was retired in the last ${per_minute.length} minutes`
  return `${jobs(total)} retired in the last ${per_minute.length} minutes, at most ${Math.max(...per_minute)} in one, ${per_minute.at(-2) ?? 0} in the last whole one`
}
