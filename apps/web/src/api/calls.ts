import type { Endpoint, ReplyOf, Sent } from '@gradus/contract/endpoint'
import { keepPreviousData, queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { client, queryClient } from './client.ts'

/** What a GET is called with: the parts the endpoint declares, and nothing else. */
export type Asked<E extends Endpoint> = Given<Pick<Sent<E>, 'params' | 'query'>>
/** What any call is given. */
export type Told<E extends Endpoint> = Given<Sent<E>> & { idempotency_key?: string }
type Given<S> = { [K in keyof S as S[K] extends undefined ? never : K]: S[K] }

/** The cache's key of a call: its path first, so that everything of one endpoint can be renewed at once. */
const keyOf = (endpoint: Endpoint, asked: object): readonly unknown[] => [endpoint.path, asked]

/** A GET as TanStack Query options, for `useQuery`, prefetching and route loaders. */
export function read<E extends Endpoint>(endpoint: E, asked: Asked<E>) {
  return queryOptions<ReplyOf<E>>({
    queryKey: keyOf(endpoint, asked),
    queryFn: ({ signal }) => client.call(endpoint, { ...asked, signal } as Parameters<typeof client.call<E>>[1]) as Promise<ReplyOf<E>>,
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
 * `save.mutate({ params, body })` or `await save.mutateAsync(...)`. On success everything read from the endpoints in `renews` is read again.
 */
export function useChange<E extends Endpoint>(endpoint: E, renews: readonly Endpoint[] = []) {
  return useMutation({
    mutationFn: (told: Told<E>) => client.call(endpoint, told as Parameters<typeof client.call<E>>[1]) as Promise<ReplyOf<E>>,
    onSuccess: () => renew(...renews),
  })
}

/** Marks everything read from these endpoints as old; what is on screen is read again. */
export async function renew(...endpoints: readonly Endpoint[]): Promise<void> {
  await Promise.all(endpoints.map((endpoint) => queryClient.invalidateQueries({ queryKey: [endpoint.path] })))
}
