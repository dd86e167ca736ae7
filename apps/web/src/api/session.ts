import { me, type User } from '@gradus/contract/identity'
import { useQuery } from '@tanstack/react-query'
import { read } from './calls.ts'
import { queryClient } from './client.ts'

export const meQuery = { ...read(me, {}), staleTime: 60_000 }

/** Who is signed in; null for a visitor, undefined while nobody knows yet. */
export function useMe(): User | null | undefined {
  return useQuery(meQuery).data?.user
}

/** Who is signed in, on pages that only signed-in people reach. */
export function useUser(): User {
  const user = useMe()
  if (!user) throw new Error('useUser outside of a signed-in page')
  return user
}

/** After signing in or out: forget everything that was read as someone else, then learn who is here. */
export async function changeUser(): Promise<User | null> {
  queryClient.clear()
  return (await queryClient.fetchQuery({ ...meQuery, staleTime: 0 })).user
}
