import type { Permission } from '@gradus/contract/endpoint'
import { type Role, roles } from '@gradus/contract/roster'

const teaching = ['course.read', 'course.edit', 'roster.read', 'roster.edit', 'work.submit', 'submissions.read_all', 'submissions.manage'] as const

/** Which role holds which permission in a course. The one place: no handler names a role. */
const held: Record<Role, readonly Permission[]> = {
  owner: [...teaching, 'roster.edit_owners'],
  teacher: teaching,
  ta: ['course.read', 'roster.read', 'work.submit', 'submissions.read_all', 'submissions.manage'],
  student: ['course.read', 'work.submit'],
}

/** What people may in an open course that they are not in: guests, and users who are not enrolled. */
export const visitorPermissions = held.student

/** A site administrator may do everything in every course, member or not. */
export const adminPermissions = held.owner

export const permissionsOf = (role: Role): readonly Permission[] => held[role]

/** Staff see drafts; students see what is published. */
export const seesDrafts = (permissions: readonly string[]): boolean => permissions.includes('submissions.read_all')

/** The roles that see drafts and everybody's work. */
export const staffRoles: readonly Role[] = roles.filter((role) => seesDrafts(held[role]))

/** Whether someone may give or take this role: a teacher must not be able to make themselves the owner, or unmake one. */
export const mayGive = (permissions: readonly string[], role: Role): boolean =>
  permissions.includes(role === 'owner' ? 'roster.edit_owners' : 'roster.edit')
