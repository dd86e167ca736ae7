import { type RawBuilder, sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import { staffRoles } from '../../roster/roles.ts'
import type { StoredSpec, TestRow } from '../content.ts'

/** Who asks for questions: what decides which of them, and which of their versions, are there for them. */
export interface Asker {
  principal_id: string
  is_admin: boolean
  is_creator: boolean
}

export interface QuestionHead {
  id: string
  slug: string
  owner_id: string
  owner_name: string
  is_shared: boolean
  is_mine: boolean
  title: string
  kind: StoredSpec['kind']
  latest_published: number | null
  has_draft: boolean
  created_at: string
}

const mine = (who: Asker): RawBuilder<boolean> => sql<boolean>`(${who.is_admin} or q.owner_id = ${who.principal_id})`

/** The rule of roster/authorize.ts for `question`, over many: own ones; published ones that are shared with makers of courses, or placed where the asker is staff. */
const visible = (who: Asker): RawBuilder<boolean> => sql<boolean>`(${mine(who)} or (
  exists (select from question_versions p where p.question_id = q.id and p.state = 'published')
  and ((q.is_shared and ${who.is_creator}) or exists (
    select from assignment_questions aq join assignments a on a.id = aq.assignment_id join steps s on s.id = a.step_id
      join modules m on m.id = s.module_id join enrolments e on e.course_id = m.course_id
    where aq.question_id = q.id and e.user_id = ${who.principal_id} and e.state = 'active' and e.role = any(${[...staffRoles]}::text[])))))`

const head = (who: Asker) => sql`q.id, q.slug, q.owner_id, u.display_name as owner_name, q.is_shared, q.owner_id = ${who.principal_id} as is_mine,
    v.title, v.kind, q.created_at,
    (select max(number) from question_versions p where p.question_id = q.id and p.state = 'published') as latest_published,
    ${mine(who)} and exists (select from question_versions d where d.question_id = q.id and d.state = 'draft') as has_draft
  from questions q join users u on u.id = q.owner_id
    join lateral (select title, kind from question_versions w where w.question_id = q.id and (w.state = 'published' or ${mine(who)})
      order by number desc limit 1) v on true`

export const listQuestions = (db: DbOrTx, who: Asker, search: string | undefined, limit: number): Promise<QuestionHead[]> => {
  const pattern = `%${(search ?? '').replace(/[\\%_]/g, '\\$&')}%`
  return rows(
    db,
    sql<QuestionHead>`select ${head(who)} where ${visible(who)} and (v.title ilike ${pattern} or q.slug ilike ${pattern})
      order by q.created_at desc, q.id desc limit ${limit}`,
  )
}

export const selectOptionalQuestion = async (db: DbOrTx, who: Asker, question_id: string): Promise<QuestionHead | undefined> =>
  (await rows(db, sql<QuestionHead>`select ${head(who)} where q.id = ${question_id} and ${visible(who)}`))[0]

/** Held while a draft is saved or published: writers of one question go one after the other. */
export const lockQuestion = (db: DbOrTx, question_id: string): Promise<{ id: string } | undefined> =>
  db.selectFrom('questions').select('id').where('id', '=', question_id).forUpdate().executeTakeFirst()

export async function insertQuestion(db: DbOrTx, row: { id: string; owner_id: string; slug: string; is_shared: boolean }): Promise<void> {
  await db.insertInto('questions').values(row).execute()
}

export async function updateQuestion(db: DbOrTx, question_id: string, set: { is_shared: boolean }): Promise<void> {
  await db.updateTable('questions').set(set).where('id', '=', question_id).execute()
}

export interface VersionRow {
  id: string
  question_id: string
  number: number
  state: 'draft' | 'published'
  kind: StoredSpec['kind']
  title: string
  statement_markdown: string
  spec: Record<string, unknown>
  content_sha256: Buffer
  created_at: string
  updated_at: string
  published_at: string | null
}
const version = [
  'id',
  'question_id',
  'number',
  'state',
  'kind',
  'title',
  'statement_markdown',
  'spec',
  'content_sha256',
  'created_at',
  'updated_at',
  'published_at',
] as const

export const selectOptionalVersion = (
  db: DbOrTx,
  which: { id: string } | { question_id: string; number: number } | { question_id: string; state: 'draft' },
): Promise<VersionRow | undefined> =>
  db
    .selectFrom('question_versions')
    .select(version)
    .where((eb) => eb.and(which))
    .$castTo<VersionRow>()
    .executeTakeFirst()

export const selectOptionalLatestPublished = (db: DbOrTx, question_id: string): Promise<VersionRow | undefined> =>
  db
    .selectFrom('question_versions')
    .select(version)
    .where('question_id', '=', question_id)
    .where('state', '=', 'published')
    .orderBy('number', 'desc')
    .limit(1)
    .$castTo<VersionRow>()
    .executeTakeFirst()

export interface VersionHead {
  id: string
  number: number
  state: 'draft' | 'published'
  kind: StoredSpec['kind']
  title: string
  points_possible: number
  test_count: number
  languages: string[]
  created_at: string
  updated_at: string
  published_at: string | null
}

export const listVersions = (db: DbOrTx, question_id: string, with_draft: boolean): Promise<VersionHead[]> =>
  rows(
    db,
    sql<VersionHead>`select v.id, v.number, v.state, v.kind, v.title, v.created_at, v.updated_at, v.published_at,
        coalesce(t.points, 0) as points_possible, coalesce(t.count, 0)::int as test_count,
        array(select jsonb_object_keys(v.spec -> 'languages')) as languages
      from question_versions v
        left join lateral (select sum(points) as points, count(*) as count from test_cases t where t.question_version_id = v.id) t on true
      where v.question_id = ${question_id} and (v.state = 'published' or ${with_draft})
      order by v.number desc`,
  )

export interface WholeVersionRow extends VersionRow {
  tests: (TestRow & { id: string })[]
}

/** A version with its tests in one statement, so that a draft that is saved meanwhile never lends its tests to another's text. */
export const selectOptionalWhole = async (
  db: DbOrTx,
  which: { id: string } | { question_id: string; number: number } | { question_id: string; state: 'draft' },
): Promise<WholeVersionRow | undefined> => {
  const where =
    'id' in which
      ? sql`v.id = ${which.id}`
      : 'number' in which
        ? sql`v.question_id = ${which.question_id} and v.number = ${which.number}`
        : sql`v.question_id = ${which.question_id} and v.state = ${which.state}`
  const found = await rows(
    db,
    sql<WholeVersionRow>`select v.*, (
        select coalesce(json_agg(json_build_object('id', t.id, 'key', t.key, 'name', t.name, 'points', t.points, 'is_hidden', t.is_hidden,
          'time_ms', t.time_ms, 'memory_mb', t.memory_mb, 'output_kb', t.output_kb, 'input', t.input, 'expected', t.expected) order by t.position), '[]')
        from test_cases t where t.question_version_id = v.id) as tests
      from question_versions v where ${where}`,
  )
  return found[0]
}

export interface VersionContent {
  kind: StoredSpec['kind']
  title: string
  statement_markdown: string
  spec: Record<string, unknown>
  content_sha256: Buffer
}

const stored = ({ spec, ...content }: VersionContent) => ({ ...content, spec: JSON.stringify(spec) })

export async function insertDraft(db: DbOrTx, row: { id: string; question_id: string } & VersionContent): Promise<void> {
  await db
    .insertInto('question_versions')
    .values({
      ...stored(row),
      id: row.id,
      question_id: row.question_id,
      number: sql<number>`(select coalesce(max(number), 0) + 1 from question_versions where question_id = ${row.question_id})`,
    })
    .execute()
}

export async function updateDraft(db: DbOrTx, id: string, content: VersionContent): Promise<void> {
  await db
    .updateTable('question_versions')
    .set({ ...stored(content), updated_at: sql<string>`now()` })
    .where('id', '=', id)
    .execute()
}

export async function publishVersion(db: DbOrTx, id: string): Promise<void> {
  await db.updateTable('question_versions').set({ state: 'published', published_at: sql<string>`now()` }).where('id', '=', id).execute()
}

/** Puts these tests in the place of a draft's present ones. */
export async function replaceTests(db: DbOrTx, question_version_id: string, tests: (TestRow & { id: string })[]): Promise<void> {
  await db.deleteFrom('test_cases').where('question_version_id', '=', question_version_id).execute()
  await db
    .insertInto('test_cases')
    .values(
      tests.map((test, position) => ({
        ...test,
        question_version_id,
        position,
        input: JSON.stringify(test.input),
        expected: JSON.stringify(test.expected),
      })),
    )
    .execute()
}

export interface PlacementOfQuestion {
  assignment_question_id: string
  course_id: string
  course_title: string
  assignment_id: string
  assignment_title: string
  version_number: number
  points_override: number | null
}

/** Where a question is placed, as far as the asker teaches there: other people's courses are not told. */
export const listPlacementsOf = (db: DbOrTx, who: Asker, question_id: string): Promise<PlacementOfQuestion[]> =>
  rows(
    db,
    sql<PlacementOfQuestion>`select aq.id as assignment_question_id, c.id as course_id, c.title as course_title, a.id as assignment_id,
        s.title as assignment_title, v.number as version_number, aq.points_override
      from assignment_questions aq join question_versions v on v.id = aq.question_version_id join assignments a on a.id = aq.assignment_id
        join steps s on s.id = a.step_id join modules m on m.id = s.module_id join courses c on c.id = m.course_id
      where aq.question_id = ${question_id} and (${who.is_admin} or exists (
        select from enrolments e where e.course_id = c.id and e.user_id = ${who.principal_id} and e.state = 'active'
          and e.role = any(${[...staffRoles]}::text[])))
      order by c.title, m.position, s.position`,
  )
