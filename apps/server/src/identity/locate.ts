import { sql } from 'kysely'
import type { Located, Locators } from '../db/located.ts'

/** Sessions and keys belong to a principal and to no course; one that has ended is not there any more. */
export const identityLocators: Locators = {
  session: (id) => sql<Located>`select null::uuid as course_id, principal_id as owner_id, true as is_published
    from sessions where id = ${id} and revoked_at is null and expires_at > now()`,
  api_key: (id) => sql<Located>`select null::uuid as course_id, principal_id as owner_id, true as is_published
    from api_keys where id = ${id} and revoked_at is null`,
  user: (id) => sql<Located>`select null::uuid as course_id, id as owner_id, true as is_published from users where id = ${id}`,
}
