import { sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import { problem } from '../../http/problems.ts'

export interface CandidateFields {
  nickname: string
  first_name: string
  last_name: string
  email: string | null
}
export interface CandidateRow extends CandidateFields {
  id: string
  exam_id: string
  upload_code: string
  uploads_used: number
  is_removable: boolean
  created_at: string
}

const columns = sql`d.id, d.exam_id, d.nickname, d.first_name, d.last_name, d.email, d.created_at, u.code as upload_code, coalesce(k.attempts, 0) as uploads_used,
  not exists (select from receipts r where r.candidate_id = d.id) as is_removable
  from candidates d join exams e on e.id = d.exam_id join upload_codes u on u.candidate_id = d.id and u.revoked_at is null
    left join attempt_counters k on k.principal_id = d.id and k.assignment_question_id = e.assignment_question_id`

export const listCandidates = (db: DbOrTx, exam_id: string): Promise<CandidateRow[]> =>
  rows(db, sql<CandidateRow>`select ${columns} where d.exam_id = ${exam_id} order by d.nickname, d.id`)

export const selectOptionalCandidates = (db: DbOrTx, candidate_ids: readonly string[]): Promise<CandidateRow[]> =>
  rows(db, sql<CandidateRow>`select ${columns} where d.id = any(${[...candidate_ids]}::uuid[]) order by d.nickname, d.id`)

/** @throws problem not_found */
export async function selectCandidate(db: DbOrTx, candidate_id: string): Promise<CandidateRow> {
  const [row] = await selectOptionalCandidates(db, [candidate_id])
  if (row === undefined) throw problem('not_found')
  return row
}

/**
 * Candidates of one exam, locked in one order, so that two changes of the same two cannot wait for each other. A receipt
 * may refer to them meanwhile: a file that holds the log's head must not wait for a change that wants it next.
 */
export const lockCandidates = (tx: DbOrTx, candidate_ids: readonly string[]): Promise<(CandidateFields & { id: string; exam_id: string })[]> =>
  tx
    .selectFrom('candidates')
    .select(['id', 'exam_id', 'nickname', 'first_name', 'last_name', 'email'])
    .where('id', 'in', candidate_ids)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()

/** Adds candidates whose principals are there already. */
export async function insertCandidates(tx: DbOrTx, exam_id: string, all: readonly (CandidateFields & { id: string })[]): Promise<void> {
  await rows(
    tx,
    sql`insert into candidates (id, exam_id, nickname, first_name, last_name, email)
      select id, ${exam_id}::uuid, nickname, first_name, last_name, email
      from jsonb_to_recordset(${JSON.stringify(all)}::jsonb) as c(id uuid, nickname text, first_name text, last_name text, email text)`,
  )
}

export async function updateCandidate(tx: DbOrTx, candidate_id: string, set: Partial<CandidateFields>): Promise<void> {
  await tx.updateTable('candidates').set(set).where('id', '=', candidate_id).execute()
}

/** Adds codes; those that exist already, to whomever they belong, are left out. Returns the candidates who got theirs. */
export const insertCodes = async (tx: DbOrTx, codes: readonly { id: string; candidate_id: string; code: string }[]): Promise<Set<string>> => {
  const made = await rows(
    tx,
    sql<{ candidate_id: string }>`insert into upload_codes (id, candidate_id, code)
      select id, candidate_id, code from jsonb_to_recordset(${JSON.stringify(codes)}::jsonb) as c(id uuid, candidate_id uuid, code text)
      on conflict (code) do nothing returning candidate_id`,
  )
  return new Set(made.map((row) => row.candidate_id))
}

/** Ends the live code of a candidate. */
export const revokeCode = (tx: DbOrTx, candidate_id: string, because: string): Promise<{ code: string } | undefined> =>
  tx
    .updateTable('upload_codes')
    .set({ revoked_at: sql<string>`now()`, revoked_because: because })
    .where('candidate_id', '=', candidate_id)
    .where('revoked_at', 'is', null)
    .returning('code')
    .executeTakeFirst()

/** Moves a live code to another candidate, who must have none. */
export async function moveCode(tx: DbOrTx, code: string, candidate_id: string): Promise<void> {
  await tx.updateTable('upload_codes').set({ candidate_id }).where('code', '=', code).execute()
}

/** Sets codes aside for the length of a statement or two: their candidates may then have another. */
export async function setCodesAside(tx: DbOrTx, codes: readonly string[], because: string): Promise<void> {
  await tx.updateTable('upload_codes').set({ revoked_at: sql<string>`now()`, revoked_because: because }).where('code', 'in', codes).execute()
}

export async function takeCodesBack(tx: DbOrTx, codes: readonly string[]): Promise<void> {
  await tx.updateTable('upload_codes').set({ revoked_at: null, revoked_because: null }).where('code', 'in', codes).execute()
}

export const listCodes = (db: DbOrTx, candidate_id: string) =>
  db
    .selectFrom('upload_codes')
    .select(['code', 'created_at', 'revoked_at', 'revoked_because'])
    .where('candidate_id', '=', candidate_id)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()

/** What of an import is taken already: nicknames, addresses in small letters, and codes. */
export const listTaken = async (
  db: DbOrTx,
  exam_id: string,
  of: { nicknames: readonly string[]; emails: readonly string[]; codes: readonly string[] },
): Promise<{ nicknames: Set<string>; emails: Set<string>; codes: Set<string> }> => {
  const found = await rows(
    db,
    sql<{ kind: string; value: string }>`
      select 'nickname' as kind, nickname as value from candidates where exam_id = ${exam_id} and nickname = any(${[...of.nicknames]}::text[])
      union all select 'email', lower(email) from candidates where exam_id = ${exam_id} and lower(email) = any(${[...of.emails]}::text[])
      union all select 'code', code from upload_codes where code = any(${[...of.codes]}::text[])`,
  )
  const of_kind = (kind: string) => new Set(found.filter((row) => row.kind === kind).map((row) => row.value))
  return { nicknames: of_kind('nickname'), emails: of_kind('email'), codes: of_kind('code') }
}

/** Those of these candidates whom a receipt names, by nickname. */
export const listWithReceipts = (tx: DbOrTx, candidate_ids: readonly string[]): Promise<{ nickname: string }[]> =>
  rows(
    tx,
    sql<{ nickname: string }>`select d.nickname from candidates d where d.id = any(${[...candidate_ids]}::uuid[])
      and exists (select from receipts r where r.candidate_id = d.id) order by d.nickname, d.id`,
  )

/** Removes candidates with every code they had. */
export async function deleteCandidates(tx: DbOrTx, candidate_ids: readonly string[]): Promise<void> {
  await tx.deleteFrom('upload_codes').where('candidate_id', 'in', candidate_ids).execute()
  await tx.deleteFrom('candidates').where('id', 'in', candidate_ids).execute()
}
