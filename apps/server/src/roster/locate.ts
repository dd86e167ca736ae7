import { sql } from 'kysely'
import type { Located, Locators } from '../db/located.ts'

/** Nothing here is a draft: who may act on people and codes is a matter of permission alone. Someone removed is not there any more. */
export const rosterLocators: Locators = {
  enrolment: (id) => sql<Located>`select course_id, user_id as owner_id, true as is_published
    from enrolments where id = ${id} and state = 'active'`,
  join_code: (id) => sql<Located>`select course_id, created_by as owner_id, true as is_published from join_codes where id = ${id}`,
}
