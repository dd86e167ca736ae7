import { sql } from 'kysely'
import type { Located, Locators } from '../db/located.ts'

/**
 * Work belongs to its learner and to its course; a run of a draft has no course. Its addresses are open to its owner or
 * to those who manage work, so `is_published` only decides that a classmate is told "not for you" instead of "not there".
 */
export const submissionLocators: Locators = {
  submission: (id) => sql<Located>`select course_id, principal_id as owner_id, true as is_published from submissions where id = ${id}`,
  run: (id) => sql<Located>`select course_id, principal_id as owner_id, true as is_published from runs where id = ${id}`,
}
