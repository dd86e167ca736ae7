import { type RawBuilder, sql } from 'kysely'

/**
 * The common table expression `called_back`: puts the answers that `source` yields on their way, in the caller's transaction.
 * `source` has the columns id, subject_id, url, host, sent_for, header, body, is_notice.
 */
export const callingBack = (source: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  called_back as (
    insert into callbacks (id, subject_id, url, host, sent_for, header, body, is_notice) select id, subject_id, url, host, sent_for, header, body, is_notice from (${source}) answer
    returning id)`
