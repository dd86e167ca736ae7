import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import { newId } from '../../apps/server/src/db/id.ts'

export const LEARNERS = 5_000
export const STEPS = 50

/** Learner n and step s have ids, and learners tokens, that pgbench can write as expressions of n and s. */
const FIRST = 100_000_000_000
export const idOf = {
  learner: (n: number): string => `00000000-0000-7000-8000-${FIRST + n}`,
  step: (course: number, s: number): string => `00000000-0000-7000-9${String(course).padStart(3, '0')}-${FIRST + s}`,
  course: (course: number): string => `00000000-0000-7000-a000-${FIRST + course}`,
}
export const sqlOf = {
  learner: `('00000000-0000-7000-8000-' || (${FIRST} + :n))::uuid`,
  step: (course: number): string => `('00000000-0000-7000-9${String(course).padStart(3, '0')}-' || (${FIRST} + :s))::uuid`,
  token_hash: `sha256(rpad('gs_' || (${FIRST} + :n), 46, 'x')::bytea)`,
}
export const tokenOf = (n: number): string => `gs_${String(FIRST + n).padEnd(43, 'x')}`
export const teacherToken = (): string => tokenOf(TEACHER)
export const tokenHashOf = (n: number): string => createHash('sha256').update(tokenOf(n)).digest('hex')
/** The owner of every course; has a session like everybody. */
const TEACHER = LEARNERS

const filled = ['principals', 'users', 'sessions', 'courses', 'modules', 'steps', 'enrolments']
const uncapped = (text: string, values: unknown[] = []) => ({ text, values, query_timeout: 0 })

/** The teacher and 5,000 people with sessions. */
export async function makePeople(pool: Pool): Promise<void> {
  await pool.query('set statement_timeout = 0')
  const id = `('00000000-0000-7000-8000-' || (${FIRST} + n))::uuid`
  await pool.query(uncapped(`insert into principals (id, kind) select ${id}, 'user' from generate_series(0, ${LEARNERS}) n`))
  await pool.query(
    uncapped(`insert into users (id, email, display_name, is_creator)
      select ${id}, n || '@example.org', 'Learner ' || n, n = ${TEACHER} from generate_series(0, ${LEARNERS}) n`),
  )
  await pool.query(
    uncapped(`insert into sessions (id, token_hash, principal_id, kind, expires_at)
      select gen_random_uuid(), sha256(rpad('gs_' || (${FIRST} + n), 46, 'x')::bytea), ${id}, 'cli', now() + interval '1 day'
      from generate_series(0, ${LEARNERS}) n`),
  )
}

/**
 * A published course of 50 materials in so many modules, with every learner enrolled; with `progress` every learner has a row for every step:
 * four of five done, three of five scored, spread over two months.
 */
export async function makeCourse(pool: Pool, number: number, { modules, progress }: { modules: number; progress: boolean }): Promise<string> {
  const course_id = idOf.course(number)
  await pool.query(`insert into courses (id, slug, title, state, created_by) values ($1, $2, 'Bench', 'published', $3)`, [
    ...[course_id, `bench-${number}`, idOf.learner(TEACHER)],
  ])
  await pool.query(
    uncapped(
      `with made as (
        insert into modules (id, course_id, position, title) select gen_random_uuid(), $1, m, 'Module ' || m from generate_series(0, $2::int - 1) m
        returning id, position)
      insert into steps (id, module_id, position, kind, title, state)
      select ('00000000-0000-7000-9' || lpad($3::text, 3, '0') || '-' || (${FIRST} + s))::uuid, made.id, s, 'material', 'Step ' || s, 'published'
      from generate_series(0, ${STEPS - 1}) s join made on made.position = s * $2::int / ${STEPS}`,
      [course_id, modules, number],
    ),
  )
  await pool.query(
    uncapped(
      `insert into enrolments (id, course_id, user_id, role, last_active_at)
      select gen_random_uuid(), $1, id, case when id = $2 then 'owner' else 'student' end, now() + interval '1 day' from users`,
      [course_id, idOf.learner(TEACHER)],
    ),
  )
  if (progress) {
    await pool.query(
      uncapped(
        `insert into progress (principal_id, step_id, attempts, best_ratio, completed_at, active_at)
        select e.user_id, s.id, (random() * 6)::int, case when random() < 0.6 then random() end, case when random() < 0.8 then t.at end, t.at
        from enrolments e cross join (select s.id from steps s join modules m on m.id = s.module_id where m.course_id = $1) s,
          lateral (select now() - random() * interval '60 days' as at where s.id is not null) t
        where e.course_id = $1 and e.role = 'student'`,
        [course_id],
      ),
    )
  }
  // Not of progress and completions while they are empty: whoever plans for nothing reads the whole table, and goes on so as it fills.
  await pool.query(uncapped(`vacuum analyze ${[...filled, ...(progress ? ['progress'] : [])].join(', ')}`))
  return course_id
}

/** One more step in the first module, with a question in Python that has one test; returns its placement. */
export async function makeQuestion(pool: Pool, number: number): Promise<string> {
  const [step, assignment, question, version, placed] = Array.from({ length: 5 }, newId) as [string, string, string, string, string]
  const statements: [text: string, values: unknown[]][] = [
    [
      `insert into steps (id, module_id, position, kind, title, state)
        select $1, id, 1000, 'assignment', 'Practice', 'published' from modules where course_id = $2 and position = 0`,
      [step, idOf.course(number)],
    ],
    ['insert into assignments (id, step_id) values ($1, $2)', [assignment, step]],
    ["insert into questions (id, owner_id, slug) values ($1, $2, 'bench')", [question, idOf.learner(TEACHER)]],
    [
      "insert into question_versions (id, question_id, number, kind, title, spec, content_sha256) values ($1, $2, 1, 'io', 'Bench', $3, $4)",
      [
        ...[version, question],
        JSON.stringify({ comparator: { kind: 'exact' }, languages: { python: { starter: '', reference: '', compiler_flags: [] } } }),
        Buffer.alloc(32),
      ],
    ],
    [
      `insert into test_cases (id, question_version_id, key, position, name, points, is_hidden, time_ms, memory_mb, output_kb, input, expected)
        values ($1, $2, 't', 0, 'Test', 1, false, 1000, 64, 64, '{"stdin":""}', '{"expected_stdout":""}')`,
      [newId(), version],
    ],
    ["update question_versions set state = 'published', published_at = now() where id = $1", [version]],
    [
      'insert into assignment_questions (id, assignment_id, position, question_id, question_version_id) values ($1, $2, 0, $3, $4)',
      [placed, assignment, question, version],
    ],
  ]
  for (const [text, values] of statements) await pool.query(text, values)
  return placed
}
