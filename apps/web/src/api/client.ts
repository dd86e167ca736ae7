import { createClient } from '@gradus/client/client'
import { QueryClient } from '@tanstack/react-query'
import { asProblem } from './problem.ts'

/** Calls go to where the page came from; the session cookie goes with them. */
export const client = createClient({ base_url: window.location.origin })

/** A refusal (4xx) is final; a lost connection or a server away is worth two more tries. */
const isWorthRetrying = (failures: number, error: unknown): boolean => {
  const status = asProblem(error)?.status
  return failures < 2 && (status === undefined || status >= 500)
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 15_000, gcTime: 10 * 60_000, retry: isWorthRetrying, networkMode: 'always' },
    mutations: { retry: false, networkMode: 'always' },
  },
})
