import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { newId } from '../apps/server/src/db/id.ts'
import { median, openScratch, recordStatements, type Statement, startServer } from './scratch.ts'

/**
 * `node bench/hand-in.ts [seconds]`: hand-ins per second through HTTP against pgbench sending the same statements to the same
 * database in the same run. Needs DATABASE_URL of a server on which a database may be made, and pgbench.
 *
 * The statements are not written here: they are recorded from one real hand-in, so the comparison cannot drift from the product.
 */
const seconds = Number(process.argv[2] ?? 10)
const LEARNERS = 5_000
const CLIENTS = 8
const FIRST = 100_000_000_000

const code = `n = int(input())\nprint(n)\n${'# a comment of the usual length\n'.repeat(30)}`
const body = JSON.stringify({ language: 'python', code })
let sent = 0

const { db, pool, url, drop } = await openScratch()
const folder = mkdtempSync(join(tmpdir(), 'gradus-bench-'))
try {
  const placed = await populate()
  const server = await startServer(url)
  try {
    const statements = await record(placed)
    await load(server.base_url, placed, 2)
    const http_per_second: number[] = []
    const pgbench_per_second: number[] = []
    // In turns, so that a slow minute of the machine hits both.
    for (let round = 0; round < 3; round++) {
      http_per_second.push(await load(server.base_url, placed, seconds))
      pgbench_per_second.push(pgbench(statements, seconds))
    }
    const ratios = http_per_second.map((rate, i) => rate / pgbench_per_second[i]!)
    console.log(`statements of a hand-in: ${statements.length}`)
    console.log(`through HTTP, c=${CLIENTS}: ${http_per_second.map((r) => r.toFixed(0)).join(', ')} hand-ins per second`)
    console.log(`pgbench, c=${CLIENTS}: ${pgbench_per_second.map((r) => r.toFixed(0)).join(', ')} per second`)
    console.log(`ratio: ${median(ratios).toFixed(2)} (median of ${ratios.length})`)
  } finally {
    await server.stop()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
  await drop()
}

/** Learner n has the id and the token that pgbench can write as an expression of n. */
function learner(n: number): { id: string; token: string } {
  return { id: `00000000-0000-7000-8000-${FIRST + n}`, token: `gs_${String(FIRST + n).padEnd(43, 'x')}` }
}

async function populate(): Promise<string> {
  const teacher = newId()
  const [course, module, step, assignment, question, version, placed] = Array.from({ length: 7 }, newId) as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  await db.insertInto('principals').values({ id: teacher, kind: 'user' }).execute()
  await db.insertInto('users').values({ id: teacher, email: 'teacher@example.org', display_name: 'Teacher' }).execute()
  await db.insertInto('courses').values({ id: course, slug: 'bench', title: 'Bench', state: 'published', created_by: teacher }).execute()
  await db.insertInto('modules').values({ id: module, course_id: course, position: 0, title: 'Module' }).execute()
  await db.insertInto('steps').values({ id: step, module_id: module, position: 0, kind: 'assignment', title: 'Step', state: 'published' }).execute()
  await db.insertInto('assignments').values({ id: assignment, step_id: step }).execute()
  await db.insertInto('questions').values({ id: question, owner_id: teacher, slug: 'bench' }).execute()
  const spec = { comparator: { kind: 'exact' }, languages: { python: { starter: '', reference: '', compiler_flags: [] } } }
  await db
    .insertInto('question_versions')
    .values({
      id: version,
      question_id: question,
      number: 1,
      kind: 'io',
      title: 'Bench',
      spec: JSON.stringify(spec),
      content_sha256: Buffer.alloc(32),
    })
    .execute()
  for (let i = 0; i < 5; i++) {
    const input = JSON.stringify({ stdin: `${i}\n` })
    const expected = JSON.stringify({ expected_stdout: `${i}\n` })
    await db
      .insertInto('test_cases')
      .values({
        id: newId(),
        question_version_id: version,
        key: `t${i}`,
        position: i,
        name: `Test ${i}`,
        points: 1,
        is_hidden: false,
        time_ms: 1000,
        memory_mb: 64,
        output_kb: 64,
        input,
        expected,
      })
      .execute()
  }
  await db.updateTable('question_versions').set({ state: 'published', published_at: new Date().toISOString() }).where('id', '=', version).execute()
  await db
    .insertInto('assignment_questions')
    .values({ id: placed, assignment_id: assignment, position: 0, question_id: question, question_version_id: version })
    .execute()
  for (let n = 0; n < LEARNERS; n++) {
    const { id, token } = learner(n)
    await db.insertInto('principals').values({ id, kind: 'user' }).execute()
    await db
      .insertInto('users')
      .values({ id, email: `${n}@example.org`, display_name: `Learner ${n}` })
      .execute()
    await db
      .insertInto('enrolments')
      .values({ id: newId(), course_id: course, user_id: id, role: 'student', last_active_at: new Date(Date.now() + 86_400_000).toISOString() })
      .execute()
    await db
      .insertInto('sessions')
      .values({
        id: newId(),
        token_hash: createHash('sha256').update(token).digest(),
        principal_id: id,
        kind: 'cli',
        expires_at: new Date(Date.now() + 86_400_000).toISOString(),
      })
      .execute()
  }
  // Only what is filled: a table that was analysed while empty is planned as if it stayed so.
  await pool.query(
    'analyze principals, users, sessions, courses, enrolments, modules, steps, assignments, questions, question_versions, test_cases, assignment_questions',
  )
  return placed
}

async function load(base_url: string, placed: string, duration: number): Promise<number> {
  const result = await autocannon({
    url: base_url,
    connections: CLIENTS,
    duration,
    requests: [
      {
        method: 'POST',
        path: `/api/assignment-questions/${placed}/submissions`,
        setupRequest: (request) => {
          const n = sent++
          request.headers = {
            authorization: `Bearer ${learner(n % LEARNERS).token}`,
            'content-type': 'application/json',
            'idempotency-key': `bench-${process.pid}-${n}`,
          }
          request.body = body
          return request
        },
      },
    ],
  })
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refusals and ${result.errors} errors in the load`)
  return result['2xx'] / result.duration
}

/** Every statement the server sends for one hand-in of learner 0. */
async function record(placed: string): Promise<Statement[]> {
  let recorded: Statement[] = []
  await recordStatements(url, {}, async (app, take) => {
    take()
    const answer = await app.inject({
      method: 'POST',
      url: `/api/assignment-questions/${placed}/submissions`,
      headers: { authorization: `Bearer ${learner(0).token}`, 'content-type': 'application/json', 'idempotency-key': 'bench-recorded-0' },
      payload: body,
    })
    recorded = take()
    if (answer.statusCode !== 201) throw new Error(`the recorded hand-in was refused: ${answer.body}`)
  })
  return recorded
}

/** pgbench's transactions per second for the recorded statements, prepared, with ids, key and learner made anew for each. */
function pgbench(statements: Statement[], duration: number): number {
  const zero = learner(0)
  const token_hash = createHash('sha256').update(zero.token).digest().toString('hex')
  const literal = (value: unknown): string => {
    if (value === null || value === undefined) return 'null'
    if (Buffer.isBuffer(value)) {
      if (value.toString('hex') === token_hash) return `sha256(rpad('gs_' || (${FIRST} + :n), 46, 'x')::bytea)`
      return `'\\x${value.toString('hex')}'::bytea`
    }
    if (value === zero.id) return `('00000000-0000-7000-8000-' || (${FIRST} + :n))::uuid`
    if (value === 'bench-recorded-0') return 'md5(random()::text || clock_timestamp()::text)'
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    // An id that occurs once was made for this hand-in alone: pgbench makes its own.
    if (/^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(text) && !known.has(text)) return 'gen_random_uuid()'
    return `'${text.replaceAll("'", "''")}'`
  }
  const known = new Set(statements.flatMap((s) => s.values).filter((v): v is string => typeof v === 'string' && countOf(statements, v) > 1))
  const script = statements
    .map(({ text, values }) => text.replace(/\$(\d+)/g, (_, index: string) => literal(values[Number(index) - 1])).replace(/\s*\n\s*/g, ' '))
    .join(';\n')
  const file = join(folder, 'hand-in.sql')
  writeFileSync(file, `\\set n random(0, ${LEARNERS - 1})\n${script};\n`)
  const args = ['-n', '-M', 'prepared', '-c', String(CLIENTS), '-j', '2', '-T', String(duration), '-f', file, url]
  const printed = execFileSync('pgbench', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  return Number(/tps = ([\d.]+)/.exec(printed)![1])
}

function countOf(statements: Statement[], value: string): number {
  return statements.flatMap((s) => s.values).filter((v) => v === value).length
}
