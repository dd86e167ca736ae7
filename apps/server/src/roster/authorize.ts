import type { Access, ObjectKind } from '@gradus/contract/endpoint'
import type { Role } from '@gradus/contract/roster'
import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { Located, Locators } from '../db/located.ts'
import type { Actor } from '../http/actor.ts'
import type { Grant, Guard } from '../http/mount.ts'
import { type Problem, problem } from '../http/problems.ts'
import { isAdmin } from '../identity/is-admin.ts'
import { adminPermissions, permissionsOf, seesDrafts, visitorPermissions } from './roles.ts'

type Place = Located & { role: Role | null }

/** Whether a course takes visitors; asked only where somebody who is not in it calls what guests may. */
type IsOpen = (course_id: string) => Promise<boolean>

/**
 * The guard of every endpoint: decides by the declared access alone. One statement finds the object, its course and
 * the caller's live role in it, so a role change is effective at once (ASVS 8.3.2).
 * What the caller may not see answers not_found, like what does not exist (2.5 no. 2). A guest
 * is always told to sign in instead: that may well be what is missing.
 */
export function createGuard(db: Db, locators: Locators, isOpen: IsOpen): Guard {
  const unseen = (actor: Actor): Problem => problem(actor.is_guest ? 'sign_in_required' : 'not_found')
  const locateAll = async (object: ObjectKind, id: unknown, actor: Actor): Promise<[Place, ...Place[]]> => {
    const locator = locators[object]
    if (locator === undefined) throw new Error(`no slice offers a locator for ${object}`)
    // Prepared, but for courses, whose locator has two texts: planning these joins took ten times as long as running them.
    const found = await sql<Place>`${sql.raw(object === 'course' ? '' : `/* guard_${object} */`)}
      select l.course_id, l.owner_id, l.is_published, e.role
      from (${locator(String(id))}) l
      left join enrolments e on e.course_id = l.course_id and e.user_id = ${actor.principal_id} and e.state = 'active'`.execute(db)
    const [first, ...others] = found.rows
    if (first === undefined) throw unseen(actor)
    return [first, ...others]
  }

  return async (access: Access, actor: Actor, params): Promise<Grant> => {
    if (actor.is_guest && !('guests' in access && access.guests === true)) throw problem('sign_in_required')
    requireScope(access, actor)
    const mayAll = isAdmin(actor)
    const none: Grant = { course_id: null, role: null, permissions: [], is_owner: false }
    switch (access.who) {
      case 'anyone':
        return none
      case 'signed_in':
        if (actor.user === null) throw problem('forbidden')
        return none
      case 'creator':
        if (actor.user === null || !(actor.user.is_creator || mayAll)) throw problem('creator_required')
        return none
      case 'grader':
        return none
      case 'examiner': {
        if (access.object === undefined) return none
        const [at] = await locateAll(access.object, params[`${access.object}_id`], actor)
        // A machine that was made for exams may use all of them; a person's key, those of their courses.
        const isMachine = actor.user === null && actor.scopes?.includes('examiner') === true
        const permissions = mayAll || isMachine ? adminPermissions : at.role === null ? [] : permissionsOf(at.role)
        if (!seesDrafts(permissions)) throw problem('not_found')
        if (access.permission !== undefined && !permissions.includes(access.permission)) throw problem('forbidden')
        return { course_id: at.course_id, role: at.role, permissions, is_owner: at.owner_id === actor.principal_id }
      }
      case 'operator':
        if (!(mayAll || actor.user?.is_operator === true)) throw problem('forbidden')
        return none
      case 'admin':
        if (!mayAll) throw problem('forbidden')
        return none
      case 'question': {
        const places = await locateAll('question', params.question_id, actor)
        const isOwner = places[0].owner_id === actor.principal_id
        if (isOwner || mayAll) return { ...none, is_owner: isOwner, permissions: ['question.edit'] }
        // Others see what is published: where it is shared, those who make courses; where it is placed, the staff of that course.
        const mayRead = places[0].is_published && actor.user?.is_creator === true
        const teachesIt = places.some((at) => at.role !== null && seesDrafts(permissionsOf(at.role)))
        if (!mayRead && !teachesIt) throw problem('not_found')
        if (access.right === 'edit') throw problem('forbidden')
        return none
      }
      case 'own':
      case 'course': {
        const [at] = await locateAll(access.object, params[`${access.object}_id`], actor)
        const isOwner = at.owner_id === actor.principal_id
        // Whoever is not in the course may still be its visitor; machines visit nothing.
        const visits = async (): Promise<boolean> =>
          access.who === 'course' &&
          access.guests === true &&
          (actor.is_guest || actor.user !== null) &&
          at.course_id !== null &&
          isOpen(at.course_id)
        const permissions = mayAll ? adminPermissions : at.role !== null ? permissionsOf(at.role) : (await visits()) ? visitorPermissions : []
        const grant: Grant = { course_id: at.course_id, role: at.role, permissions, is_owner: isOwner }
        if (access.who === 'own') {
          if (isOwner || (access.permission !== undefined && permissions.includes(access.permission))) return grant
          throw unseen(actor)
        }
        const isVisible = permissions.includes('course.read') && (at.is_published || seesDrafts(permissions))
        if (!isVisible) throw access.strangers === undefined ? unseen(actor) : problem(access.strangers)
        if (!permissions.includes(access.permission)) throw problem('forbidden')
        return grant
      }
    }
  }
}

/** A key does only what it was made for: `grade` nothing but leasing and reporting, `user` nothing an administrator's page does. */
function requireScope(access: Access, actor: Actor): void {
  if (access.who === 'grader') {
    if (actor.scopes?.includes('grade') !== true) throw problem('scope_missing', { scope: 'grade' })
    return
  }
  if (actor.scopes === null) return
  if (access.who === 'examiner') {
    if (!['examiner', 'user', 'admin'].some((scope) => actor.scopes!.includes(scope))) throw problem('scope_missing', { scope: 'examiner' })
    return
  }
  const needed = access.who === 'admin' || access.who === 'operator' ? 'admin' : 'user'
  if (!actor.scopes.includes(needed) && !actor.scopes.includes('admin')) throw problem('scope_missing', { scope: needed })
}
