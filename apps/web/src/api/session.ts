import type { ReplyOf } from '@gradus/contract/endpoint'
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

/** Whose work is done in this browser: a user's, or a guest's who has no account. */
export interface Learner {
  id: string
  is_guest: boolean
}

export function learnerOf({ user, guest_id }: Pick<ReplyOf<typeof me>, 'user' | 'guest_id'>): Learner | null {
  if (user !== null) return { id: user.id, is_guest: false }
  return guest_id === null ? null : { id: guest_id, is_guest: true }
}

/** Who learns here; null for a visitor who has not come to an open course yet. */
export function useOptionalLearner(): Learner | null {
  const mine = useQuery(meQuery).data
  return mine === undefined ? null : learnerOf(mine)
}

/** Who learns here, on the pages of a course. */
export function useLearner(): Learner {
  const learner = useOptionalLearner()
  if (learner === null) throw new Error('useLearner outside of a course')
  return learner
}

/** Asks the server anew who is here: a visitor becomes a guest with the first page of an open course. */
export const askWhoIsHere = (): Promise<ReplyOf<typeof me>> => queryClient.fetchQuery({ ...meQuery, staleTime: 0 })

/** Whether a visitor may make an account; false while nobody knows yet. */
export const useCanRegister = (): boolean => useQuery(meQuery).data?.can_register === true

/** Who may see the queues and put failed jobs back. */
export const mayWatchQueues = (user: User): boolean => user.is_operator || user.is_admin

/** After signing in: learn who is here, and forget what was read before. */
export async function enterAs(): Promise<ReplyOf<typeof me>> {
  const mine = await askWhoIsHere()
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== me.path })
  return mine
}

/** After signing out: load everything anew, so that nothing of the person stays in memory. */
export const leaveTo = (path: string): void => window.location.assign(path)

/**
 * Loads the page anew when it comes back into view and someone else has signed in meanwhile, as in a computer room:
 * what is written here must not be handed in under another name.
 */
export function useSamePerson(learner: Learner | null): void {
  const id = learner?.id
  useEffect(() => {
    if (id === undefined) return
    const look = async () => {
      if (document.visibilityState !== 'visible') return
      const present = learnerOf(await client.call(me))
      // Of a session that ended the page says so itself, at the next call: what is written stays in sight.
      if (present !== null && present.id !== id && (!present.is_guest || learner?.is_guest === true)) window.location.reload()
    }
    // A look that fails decides nothing: the next call will tell.
    const onShow = () => void look().catch(() => undefined)
    document.addEventListener('visibilitychange', onShow)
    return () => document.removeEventListener('visibilitychange', onShow)
  }, [id, learner?.is_guest])
}
