import { createClient } from '@gradus/client/client'
import { QueryClient } from '@tanstack/react-query'

/** Calls go to where the page came from; the session cookie goes with them. Passing failures are repeated by the client itself. */
export const client = createClient({ base_url: '' })

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 15_000, gcTime: 10 * 60_000, retry: false, networkMode: 'always' },
    mutations: { retry: false, networkMode: 'always' },
  },
})
