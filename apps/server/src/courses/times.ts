import { brokenConstraint } from '../db/database.ts'
import { problem } from '../http/problems.ts'

interface Times {
  opens_at?: string | null | undefined
  due_at?: string | null | undefined
  closes_at?: string | null | undefined
}

/** An instant in whole milliseconds, UTC: what is stored is then exactly what `availabilityAt` compares. */
const wholeMilliseconds = (time: string | null): string | null => (time === null ? null : new Date(time).toISOString())

/** Those of the times that are given, in whole milliseconds. */
export function timesOf(given: Times): Times {
  const times: Times = {}
  for (const key of ['opens_at', 'due_at', 'closes_at'] as const) if (given[key] !== undefined) times[key] = wholeMilliseconds(given[key])
  return times
}

/** Runs `work`; says in our words that opening, due and closing times do not follow each other. */
export async function timesInOrder<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (brokenConstraint(error) === 'assignments_times_in_order') throw problem('times_out_of_order')
    throw error
  }
}
