import { createHash, randomBytes } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'

/** A new token for the `sessionid` cookie, 256 bits; only its hash is stored. */
export const newGraderToken = (): string => `gx_${randomBytes(32).toString('base64url')}`

/** The hash of a `sessionid` cookie, or null where it cannot be one of ours. */
export const hashGraderToken = (token: string | undefined): Buffer | null =>
  token !== undefined && /^gx_[A-Za-z0-9_-]{43}$/.test(token) ? createHash('sha256').update(token).digest() : null

/**
 * The common table expression `who`: the grader account of a live session, one row or none. A part of the statement that does the
 * work, so that a call of a grader costs one round trip and a revoked session ends at once.
 */
export const graderSession = (token_hash: Buffer): RawBuilder<unknown> => sql`
  who as materialized (
    -- By its token and nothing else: with few sessions a planner takes the index of expiry, and keeps it when there are many.
    select a.id as account_id, a.username, a.strict_status from (select * from sessions where token_hash = ${token_hash}::bytea offset 0) s
      join grader_accounts a on a.id = s.principal_id
    where s.kind = 'xqueue' and s.revoked_at is null and s.expires_at > now() and a.disabled_at is null)`

/** Whether the account of `who` serves this queue; false without a session. */
export const servesQueue = (queue: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql<boolean>`exists (select from who join grader_account_queues g on g.grader_account_id = who.account_id where g.queue = ${queue})`
