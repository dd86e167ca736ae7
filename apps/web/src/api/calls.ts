import type { Call } from '@gradus/client/client'
import type { Endpoint, ReplyOf } from '@gradus/contract/endpoint'
import { keepPreviousData, queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { client, queryClient } from './client.ts'

/** What a GET is asked with: its params and query. */
export type Asked<E extends Endpoint> = Omit<Call<E>, 'idempotency_key' | 'signal' | 'timeout_ms' | 'body'>

/** The client takes its second argument only where it has to; here there is always one. */
const call = <E extends Endpoint>(endpoint: E, sent: object): Promise<ReplyOf<E>> => {
  const plain: (endpoint: E, sent: Call<E>) => Promise<ReplyOf<E>> = client.call
  return plain(endpoint, sent as Call<E>)
}

/** The cache's key of a call: its path first, so that everything of one endpoint can be renewed at once. */
const keyOf = (endpoint: Endpoint, asked: object): readonly unknown[] => [endpoint.path, asked]

/** A GET as TanStack Query options, for `useQuery`, prefetching and route loaders. */
export function read<E extends Endpoint>(endpoint: E, asked: Asked<E>) {
  return queryOptions<ReplyOf<E>>({
    queryKey: keyOf(endpoint, asked),
    queryFn: ({ signal }) => call(endpoint, { ...asked, signal }),
  })
}

/** Reads an endpoint: `const course = useCall(getCourse, { params: { course_id } })`. */
export function useCall<E extends Endpoint>(
  endpoint: E,
  asked: Asked<E>,
  options: { is_enabled?: boolean; refetch_ms?: number | false; keep_previous?: boolean } = {},
) {
  return useQuery({
    ...read(endpoint, asked),
    enabled: options.is_enabled ?? true,
    refetchInterval: options.refetch_ms ?? false,
    ...(options.keep_previous === true ? { placeholderData: keepPreviousData } : {}),
  })
}

/**
 * Changes something: `const save = useChange(updateCourse, [getCourse, listCourses])`, then
 * `save.mutate({ params, body })` or `await save.mutateAsync(...)`. On success everything read from the endpoints in
 * `renews` is read again.
 */
export function useChange<E extends Endpoint>(endpoint: E, renews: readonly Endpoint[] = []) {
  return useMutation({
    mutationFn: (sent: Call<E>) => call(endpoint, sent),
    onSuccess: () => renew(...renews),
  })
}

/** Marks everything read from these endpoints as old; what is on screen is read again. */
export async function renew(...endpoints: readonly Endpoint[]): Promise<void> {
  await Promise.all(endpoints.map((endpoint) => queryClient.invalidateQueries({ queryKey: [endpoint.path] })))
}
