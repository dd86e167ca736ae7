import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '../src/db/id.ts'
import { migrate } from '../src/db/migrate.ts'
import { openTestDatabase, type TestDatabase } from './database.ts'

const folder = join(import.meta.dirname, '../migrations')
const before_progress = readdirSync(folder)
  .filter((name) => name.endsWith('.sql') && name < '0030')
  .sort()

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase(1)
})
afterAll(() => database.close())

/** Takes the database back to nothing, then to what it was before there was progress, as `migrate` of that time left it. */
async function makeOld(pool: Pool): Promise<void> {
  await pool.query('drop schema public cascade; create schema public')
  await pool.query('create table migrations (name text primary key, sha256 text not null, applied_at timestamptz not null default now())')
  for (const name of before_progress) {
    const statements = readFileSync(join(folder, name), 'utf8')
    await pool.query(statements)
    await pool.query('insert into migrations (name, sha256) values ($1, $2)', [name, createHash('sha256').update(statements).digest('hex')])
  }
}

/** A course with one step of two questions, of three points and of one; returns a way to hand in there. */
async function aCourse(pool: Pool) {
  const [teacher, course, module, step, assignment] = Array.from({ length: 5 }, newId) as [string, string, string, string, string]
  const put = (text: string, ...values: unknown[]) => pool.query(text, values)
  await put("insert into principals (id, kind) values ($1, 'user')", teacher)
  await put("insert into users (id, email, display_name) values ($1, 'teacher@example.org', 'Teacher')", teacher)
  await put("insert into courses (id, slug, title, created_by) values ($1, 'old', 'Old', $2)", course, teacher)
  await put("insert into modules (id, course_id, position, title) values ($1, $2, 0, 'M')", module, course)
  await put("insert into steps (id, module_id, position, kind, title, state) values ($1, $2, 0, 'assignment', 'S', 'published')", step, module)
  await put('insert into assignments (id, step_id) values ($1, $2)', assignment, step)
  const placed: { id: string; version: string }[] = []
  for (const [position, points] of [3, 1].entries()) {
    const [question, version, id] = Array.from({ length: 3 }, newId) as [string, string, string]
    await put('insert into questions (id, owner_id, slug) values ($1, $2, $3)', question, teacher, `q${position}`)
    await put(
      "insert into question_versions (id, question_id, number, kind, title, spec, content_sha256) values ($1, $2, 1, 'io', 'Q', '{}', $3)",
      ...[version, question, Buffer.alloc(32)],
    )
    await put(
      `insert into test_cases (id, question_version_id, key, position, name, points, is_hidden, time_ms, memory_mb, output_kb, input, expected)
        values ($1, $2, 't', 0, 'T', $3, false, 1000, 64, 64, '{}', '{}')`,
      ...[newId(), version, points],
    )
    await put("update question_versions set state = 'published', published_at = now() where id = $1", version)
    await put(
      'insert into assignment_questions (id, assignment_id, position, question_id, question_version_id) values ($1, $2, $3, $4, $5)',
      ...[id, assignment, position, question, version],
    )
    placed.push({ id, version })
  }
  /** `points` is what counts of `attempts` hand-ins; null while nothing is graded. */
  const handIns = async (learner: string, nth: 0 | 1, attempts: number, points: number | null) => {
    const at = placed[nth]!
    let last = ''
    for (let number = 1; number <= attempts; number++) {
      last = newId()
      await put(
        `insert into submissions (id, principal_id, assignment_question_id, question_version_id, course_id, attempt_number, language, content,
          content_sha256, is_late, idempotency_key, request_sha256) values ($1, $2, $3, $4, $5, $6, 'python', 'x', $7, false, $8, $7)`,
        ...[last, learner, at.id, at.version, course, number, Buffer.alloc(32), `hand-in-${nth}-${number}`],
      )
    }
    await put('insert into attempt_counters (principal_id, assignment_question_id, attempts) values ($1, $2, $3)', learner, at.id, attempts)
    if (points === null) return
    await put(
      'insert into scores (principal_id, assignment_question_id, submission_id, points, points_possible) values ($1, $2, $3, $4, $5)',
      ...[learner, at.id, last, points, nth === 0 ? 3 : 1],
    )
  }
  return { step, put, handIns }
}

test('R50: a database made before there was progress gets it from what was handed in and graded, and a second run changes nothing', async () => {
  const { pool } = database
  await makeOld(pool)
  const { step, put, handIns } = await aCourse(pool)
  const [all, some, waiting, nothing] = Array.from({ length: 4 }, newId) as [string, string, string, string]
  for (const id of [all, some, waiting, nothing]) await put("insert into principals (id, kind) values ($1, 'user')", id)
  await handIns(all, 0, 2, 3)
  await handIns(all, 1, 1, 1)
  await handIns(some, 0, 1, 1)
  await handIns(waiting, 1, 4, null)
  expect((await migrate(pool)).length).toBeGreaterThan(0)
  const read = async () =>
    (await pool.query('select principal_id, step_id, attempts, best_ratio, completed_at is not null as is_done from progress')).rows
  const rows = await read()
  expect(rows).toHaveLength(3)
  expect(rows).toEqual(
    expect.arrayContaining([
      { principal_id: all, step_id: step, attempts: 3, best_ratio: 1, is_done: true },
      { principal_id: some, step_id: step, attempts: 1, best_ratio: 0.25, is_done: false },
      { principal_id: waiting, step_id: step, attempts: 4, best_ratio: null, is_done: false },
    ]),
  )
  expect(await migrate(pool)).toEqual([])
  expect(await read()).toEqual(rows)
})
