import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { email, id, instant, time } from './words.ts'

/** Words of the wire for who belongs to a course. */

export const roles = ['owner', 'teacher', 'ta', 'student'] as const
export const role = z.enum(roles)
export type Role = z.infer<typeof role>
const tag = 'People'

export const joinCourse = endpoint({
  method: 'POST',
  path: '/api/join',
  summary: 'Join a course as a student with its join code',
  tag,
  access: { who: 'signed_in' },
  body: z.strictObject({ code: z.string().min(1).max(40) }),
  reply: z.object({ course_id: id, role, already_enrolled: z.boolean() }),
})

const enrolment = z.object({
  id,
  user_id: id,
  display_name: z.string(),
  email: z.string(),
  role,
  created_at: instant,
  last_active_at: instant.nullable(),
})

export const listPeople = endpoint({
  method: 'GET',
  path: '/api/courses/:course_id/people',
  summary: 'Everyone in the course, by role and name',
  tag,
  access: { who: 'course', object: 'course', permission: 'roster.read' },
  params: z.object({ course_id: id }),
  reply: z.object({ people: z.array(enrolment) }),
})

export const addPerson = endpoint({
  method: 'POST',
  path: '/api/courses/:course_id/people',
  summary: 'Add someone who has an account',
  tag,
  access: { who: 'course', object: 'course', permission: 'roster.edit' },
  params: z.object({ course_id: id }),
  body: z.strictObject({ email, role }),
  reply: enrolment,
  status: 201,
})

export const updatePerson = endpoint({
  method: 'PATCH',
  path: '/api/enrolments/:enrolment_id',
  summary: 'Change a role; effective at once',
  tag,
  access: { who: 'course', object: 'enrolment', permission: 'roster.edit' },
  params: z.object({ enrolment_id: id }),
  body: z.strictObject({ role }),
  reply: enrolment,
})

export const removePerson = endpoint({
  method: 'DELETE',
  path: '/api/enrolments/:enrolment_id',
  summary: 'Remove from the course; the work stays',
  tag,
  access: { who: 'course', object: 'enrolment', permission: 'roster.edit' },
  params: z.object({ enrolment_id: id }),
})

const joinCode = z.object({
  id,
  code: z.string(),
  max_uses: z.int().nullable(),
  uses: z.int(),
  expires_at: instant.nullable(),
  disabled_at: instant.nullable(),
  created_at: instant,
})

export const listJoinCodes = endpoint({
  method: 'GET',
  path: '/api/courses/:course_id/join-codes',
  summary: 'Join codes of a course',
  tag,
  access: { who: 'course', object: 'course', permission: 'roster.edit' },
  params: z.object({ course_id: id }),
  reply: z.object({ join_codes: z.array(joinCode) }),
})

export const createJoinCode = endpoint({
  method: 'POST',
  path: '/api/courses/:course_id/join-codes',
  summary: 'Make a join code; `replace` switches the older ones off (rotation)',
  tag,
  access: { who: 'course', object: 'course', permission: 'roster.edit' },
  params: z.object({ course_id: id }),
  body: z.strictObject({
    max_uses: z.int().min(1).max(1_000_000).nullable().default(null),
    expires_at: time.nullable().default(null),
    replace: z.boolean().default(false),
  }),
  reply: joinCode,
  status: 201,
})

export const disableJoinCode = endpoint({
  method: 'DELETE',
  path: '/api/join-codes/:join_code_id',
  summary: 'Switch a join code off',
  tag,
  access: { who: 'course', object: 'join_code', permission: 'roster.edit' },
  params: z.object({ join_code_id: id }),
})
