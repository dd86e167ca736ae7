import type { Actor } from '../http/actor.ts'

/** Whether the caller may do what an administrator may: a person who is one, or a machine whose key has the scope `admin`. */
export const isAdmin = (actor: Actor): boolean => (actor.user === null ? actor.scopes?.includes('admin') === true : actor.user.is_admin)
