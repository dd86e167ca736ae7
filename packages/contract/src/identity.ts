import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { guestWork } from './progress.ts'
import { email, id, instant, line } from './words.ts'

/** Words of the wire for accounts, sessions and keys. */

export const user = z.object({
  id,
  email: z.string(),
  display_name: z.string(),
  is_admin: z.boolean(),
  is_creator: z.boolean(),
  /** May watch the queues and put failed jobs back. */
  is_operator: z.boolean(),
  created_at: instant,
})
export type User = z.infer<typeof user>

export const password = z.string().min(8).max(256)
const tag = 'Accounts'

export const register = endpoint({
  method: 'POST',
  path: '/api/auth/register',
  summary: 'Make an account and sign in',
  tag,
  access: { who: 'anyone' },
  body: z.strictObject({ email, password, display_name: line(100) }),
  reply: user.extend({ guest_work: guestWork }),
  status: 201,
})

export const login = endpoint({
  method: 'POST',
  path: '/api/auth/login',
  summary: 'Sign in; sets the session cookie',
  tag,
  access: { who: 'anyone' },
  body: z.strictObject({
    email: z.string().min(1).max(254),
    password: z.string().min(1).max(256),
    /** What to do with this browser's guest work where the account has progress in the same course: `ask` moves nothing yet (G22). */
    guest_work: z.enum(['merge', 'ask']).default('merge'),
  }),
  reply: user.extend({ guest_work: guestWork }),
})

export const logout = endpoint({
  method: 'POST',
  path: '/api/auth/logout',
  summary: 'Sign out: ends this session on the server and clears the cookie',
  tag,
  access: { who: 'anyone' },
})

export const me = endpoint({
  method: 'GET',
  path: '/api/auth/me',
  summary: 'Who is signed in, or null; whether the browser is a guest’s, and whether a visitor may make an account',
  tag,
  access: { who: 'anyone' },
  reply: z.object({
    user: user.nullable(),
    /** The guest that this browser is, where nobody is signed in: its work is kept under this id. */
    guest_id: id.nullable(),
    scopes: z.array(z.string()).nullable(),
    can_register: z.boolean(),
  }),
})

export const changePassword = endpoint({
  method: 'POST',
  path: '/api/auth/password',
  summary: 'Change the password; ends every other session',
  tag,
  access: { who: 'signed_in' },
  body: z.strictObject({ present: z.string().min(1).max(256), next: password }),
})

/** A bearer token for a machine or a terminal (the name of the original route is kept: requirements 2.3). */
export const createToken = endpoint({
  method: 'POST',
  path: '/api/auth/cli_token',
  summary: 'Get a bearer token, by password or by the present session; shown once',
  tag,
  access: { who: 'anyone' },
  body: z.strictObject({
    label: line(100),
    email: z.string().min(1).max(254).optional(),
    password: z.string().min(1).max(256).optional(),
    ttl_days: z.int().min(1).max(365).default(90),
  }),
  reply: z.object({ token: z.string(), user_id: id, email: z.string(), expires_at: instant, label: z.string() }),
  status: 201,
})

const session = z.object({
  id,
  kind: z.enum(['web', 'cli']),
  label: z.string(),
  user_agent: z.string(),
  created_at: instant,
  last_seen_at: instant,
  expires_at: instant,
  is_current: z.boolean(),
})

export const listSessions = endpoint({
  method: 'GET',
  path: '/api/auth/sessions',
  summary: 'Where this account is signed in',
  tag,
  access: { who: 'signed_in' },
  reply: z.object({ sessions: z.array(session) }),
})

export const endSession = endpoint({
  method: 'DELETE',
  path: '/api/auth/sessions/:session_id',
  summary: 'End one session',
  tag,
  access: { who: 'own', object: 'session' },
  params: z.object({ session_id: id }),
})

export const signOutEverywhere = endpoint({
  method: 'POST',
  path: '/api/auth/sign-out-everywhere',
  summary: 'End every session and token of this account, this one too. API keys go on working: a key is revoked by itself',
  tag,
  access: { who: 'signed_in' },
})

/** `admin` everything an administrator may; `grade` lease and report; `examiner` exams and nothing else; `user` act as the key's user. */
export const scopes = ['user', 'grade', 'examiner', 'admin'] as const
export const scope = z.enum(scopes)

const apiKey = z.object({
  id,
  name: z.string(),
  scopes: z.array(scope),
  created_at: instant,
  expires_at: instant.nullable(),
  last_used_at: instant.nullable(),
})

export const listApiKeys = endpoint({
  method: 'GET',
  path: '/api/auth/api-keys',
  summary: 'Your keys for machines',
  tag,
  access: { who: 'signed_in' },
  reply: z.object({ api_keys: z.array(apiKey) }),
})

export const createApiKey = endpoint({
  method: 'POST',
  path: '/api/auth/api-keys',
  summary: 'Make a key; its secret is shown once. Scopes other than `user` and `examiner` need an administrator',
  tag,
  access: { who: 'signed_in' },
  body: z.strictObject({ name: line(100), scopes: z.array(scope).min(1).max(4), ttl_days: z.int().min(1).max(3650).optional() }),
  reply: apiKey.extend({ key: z.string() }),
  status: 201,
})

export const revokeApiKey = endpoint({
  method: 'DELETE',
  path: '/api/auth/api-keys/:api_key_id',
  summary: 'Revoke a key at once',
  tag,
  access: { who: 'own', object: 'api_key' },
  params: z.object({ api_key_id: id }),
})

const person = user.extend({ disabled_at: instant.nullable() })

export const listUsers = endpoint({
  method: 'GET',
  path: '/api/admin/users',
  summary: 'Accounts, newest first',
  tag: 'Administration',
  access: { who: 'admin' },
  query: z.object({ search: z.string().max(100).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }),
  reply: z.object({ users: z.array(person) }),
})

export const updateUser = endpoint({
  method: 'PATCH',
  path: '/api/admin/users/:user_id',
  summary: 'Allow to create courses or to watch queues, make administrator, disable or enable',
  tag: 'Administration',
  access: { who: 'admin' },
  params: z.object({ user_id: id }),
  body: z.strictObject({
    is_creator: z.boolean().optional(),
    is_operator: z.boolean().optional(),
    is_admin: z.boolean().optional(),
    is_disabled: z.boolean().optional(),
  }),
  reply: person,
})
