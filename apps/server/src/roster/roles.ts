import type { Permission } from '@gradus/contract/endpoint'
import type { Role } from '@gradus/contract/roster'

/** Which role holds which permission in a course. The one place: no handler names a role. */
const held: Record<Role, readonly Permission[]> = {
  owner: ['course.read', 'course.edit', 'roster.read', 'roster.edit', 'work.submit', 'submissions.read_all', 'submissions.manage'],
  teacher: ['course.read', 'course.edit', 'roster.read', 'roster.edit', 'work.submit', 'submissions.read_all', 'submissions.manage'],
  ta: ['course.read', 'roster.read', 'work.submit', 'submissions.read_all', 'submissions.manage'],
  student: ['course.read', 'work.submit'],
}

/** A site administrator may do everything in every course, member or not. */
export const adminPermissions = held.owner

export const permissionsOf = (role: Role): readonly Permission[] => held[role]

/** Staff see drafts; students see what is published. */
export const seesDrafts = (permissions: readonly string[]): boolean => permissions.includes('submissions.read_all')
