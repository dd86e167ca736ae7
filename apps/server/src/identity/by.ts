import type { FastifyRequest } from 'fastify'
import type { Actor } from '../http/actor.ts'

/** Who does something and in which request, for the audit log. `actor_id` is null where an operator acts from the console. */
export interface By {
  actor_id: string | null
  request_id?: string
}

/** The `By` of a call. */
export const byCaller = (call: { actor: Actor; request: FastifyRequest }): By => ({ actor_id: call.actor.principal_id, request_id: call.request.id })
