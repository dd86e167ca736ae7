import { me, type User } from '@gradus/contract/identity'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { read } from './calls.ts'
import { client, queryClient } from './client.ts'

/**
 * Who is signed in. Never read again by itself: where a session ends in the middle of work the page stays, and the next
 * call says that one must sign in.
 */
export const meQuery = { ...read(me, {}), staleTime: Number.POSITIVE_INFINITY }

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

/** Whether a visitor may make an account; false while nobody knows yet. */
export const useCanRegister = (): boolean => useQuery(meQuery).data?.can_register === true

/** Who may see the queues and put failed jobs back. */
export const mayWatchQueues = (user: User): boolean => user.is_operator || user.is_admin

/** After signing in: learn who is here, and forget what was read before. */
export async function enterAs(): Promise<void> {
  const mine = await client.call(me)
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== me.path })
  queryClient.setQueryData(meQuery.queryKey, mine)
}

/** After signing out: load everything anew, so that nothing of the person stays in memory. */
export const leaveTo = (path: string): void => window.location.assign(path)

/**
 * Loads the page anew when it comes back into view and someone else has signed in meanwhile, as in a computer room:
 * what is written here must not be handed in under another name.
 */
export function useSamePerson(user: User | null | undefined): void {
  const id = user?.id
  useEffect(() => {
    if (id === undefined) return
    const look = async () => {
      if (document.visibilityState !== 'visible') return
      const present = (await client.call(me)).user
      if (present !== null && present.id !== id) window.location.reload()
    }
    // A look that fails decides nothing: the next call will tell.
    const onShow = () => void look().catch(() => undefined)
    document.addEventListener('visibilitychange', onShow)
    return () => document.removeEventListener('visibilitychange', onShow)
  }, [id])
}
