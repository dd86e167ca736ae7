import { jobKinds, jobStates, type listJobs } from '@gradus/contract/queues'
import type { z } from 'zod'
import type { JobFilters } from '../paths.ts'

export const filterWords = [
  'state',
  'queue',
  'kind',
  'deliveries',
  'undelivered',
  'since',
  'until',
  'search',
] as const satisfies readonly (keyof JobFilters)[]

/** Filters that most looks do without: they stand behind a button. */
export const rareWords = ['kind', 'deliveries', 'undelivered', 'since', 'until'] as const

type Query = Omit<z.input<(typeof listJobs)['query']>, 'cursor' | 'limit'>

const isTime = (text: string | undefined): text is string => text !== undefined && /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text))

/** What the address asks for; what it cannot mean is left out, so that a mistyped link still shows the list. */
export function jobQuery(words: Record<string, string>): Query {
  const state = jobStates.find((each) => each === words.state)
  const kind = jobKinds.find((each) => each === words.kind)
  const deliveries = /^\d{1,4}$/.test(words.deliveries ?? '') ? Math.min(1_000, Number(words.deliveries)) : 0
  return {
    ...(state === undefined ? {} : { state }),
    ...(kind === undefined ? {} : { kind }),
    ...(words.queue === undefined ? {} : { queue: words.queue.slice(0, 128) }),
    ...(words.undelivered === 'yes' ? { undelivered: 'yes' as const } : {}),
    ...(deliveries === 0 ? {} : { deliveries_min: deliveries }),
    ...(isTime(words.since) ? { since: new Date(words.since).toISOString() } : {}),
    ...(isTime(words.until) ? { until: new Date(words.until).toISOString() } : {}),
    ...(words.search === undefined ? {} : { search: words.search.slice(0, 200) }),
  }
}

/** True where the address says nothing of what to show, so that the page may choose. */
export const saysNothing = (words: Record<string, string>): boolean => filterWords.every((word) => words[word] === undefined)
