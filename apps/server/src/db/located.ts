import type { ObjectKind } from '@gradus/contract/endpoint'
import type { RawBuilder } from 'kysely'

/** Where an object belongs: at most one row, for a question one per course in which it is placed. `is_published` is false where only staff may know that it exists. */
export interface Located {
  course_id: string | null
  owner_id: string | null
  is_published: boolean
}

/** One select per kind of object that yields `Located`; each slice offers those of its own tables in locate.ts, app.ts joins them. */
export type Locators = Partial<Record<ObjectKind, (id: string) => RawBuilder<Located>>>
