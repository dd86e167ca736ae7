import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { instant, language } from './words.ts'

/** Words of the wire for the state of the system itself. */

export const getSystem = endpoint({
  method: 'GET',
  path: '/api/system',
  summary: 'Version, server time, and which languages have a grading machine right now',
  tag: 'System',
  access: { who: 'anyone' },
  reply: z.object({
    version: z.string(),
    now: instant,
    languages: z.array(z.object({ language, sandbox: z.string(), runtime: z.string() })),
  }),
})

export const getAdminSystem = endpoint({
  method: 'GET',
  path: '/api/admin/system',
  summary: 'Queues, grading machines and recent errors, for administrators',
  tag: 'Administration',
  access: { who: 'admin' },
  reply: z.object({
    queues: z.array(
      z.object({ name: z.string(), waiting: z.int(), pulled: z.int(), failed: z.int(), oldest_waiting_seconds: z.number().nullable() }),
    ),
    graders: z.array(
      z.object({
        name: z.string(),
        slots: z.int(),
        languages: z.array(z.object({ language, sandbox: z.string(), runtime: z.string() })),
        last_seen_at: instant,
      }),
    ),
    errors: z.array(z.object({ at: instant, request_id: z.string(), route: z.string(), detail: z.string() })),
  }),
})

export const listAudit = endpoint({
  method: 'GET',
  path: '/api/admin/audit',
  summary: 'Audit events, newest first',
  tag: 'Administration',
  access: { who: 'admin' },
  query: z.object({
    object_id: z.string().max(100).optional(),
    actor_id: z.uuid().optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({
    events: z.array(
      z.object({
        id: z.uuid(),
        at: instant,
        actor_id: z.uuid().nullable(),
        actor_name: z.string().nullable(),
        action: z.string(),
        object_kind: z.string(),
        object_id: z.string(),
        before: z.unknown(),
        after: z.unknown(),
        reason: z.string(),
        request_id: z.string(),
      }),
    ),
  }),
})
