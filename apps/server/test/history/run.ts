import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { newId } from '../../src/db/id.ts'
import { audit } from './audit.ts'
import { openCluster } from './cluster.ts'
import { grade } from './graders.ts'
import { type History, newHistory, randomFrom } from './history.ts'
import { type Learner, learn } from './learners.ts'

export interface HistoryRun {
  seed: number
  server_root: string
  seconds: number
  learners?: number
  graders?: number
  servers?: number
  /** Kill servers and the database while the run lasts. */
  kills?: boolean
  /** How long after the run work may take to come to rest. */
  patience_seconds?: number
}

export interface Outcome {
  broken: string[]
  history: History
  faults: { server: number; database: number }
  acknowledged: number
}

const LEASE_SECONDS = 1
const hash = (token: string): Buffer => createHash('sha256').update(token).digest()

/**
 * One random history: learners and graders at work on real servers while an antagonist kills processes; then calm until nothing
 * moves; then the audit. The same seed makes the same choices; timing remains the machine's.
 */
export async function runHistory(options: HistoryRun): Promise<Outcome> {
  const { seed, seconds, learners = 16, graders = 4, servers = 2, kills = true, patience_seconds = 40 } = options
  const random = randomFrom(seed)
  const history = newHistory(seed)
  const cluster = await openCluster(options.server_root, servers)
  const pool = new pg.Pool({ connectionString: cluster.database_url, max: 4 })
  pool.on('error', () => {})
  try {
    await pool.query('update queues set lease_seconds = $1', [LEASE_SECONDS])
    const { people, questions, limits, grader_token } = await populate(pool, learners)
    const until = Date.now() + seconds * 1000
    let isOver = false
    const isCalm = (): boolean => Date.now() > until
    const machines = Array.from({ length: graders }, (_, i) =>
      grade(cluster, grader_token, `machine-${i}`, () => isOver, isCalm, LEASE_SECONDS, randomFrom(seed * 31 + i), history),
    )
    const antagonist = (async () => {
      while (kills && Date.now() < until) {
        await sleep(700 + random() * 1_400)
        if (Date.now() >= until) break
        // A database that is still coming back is left alone: kills during recovery have a test of their own (db/embedded.test.ts).
        if (random() < 0.12 && (await isUp(pool))) cluster.killDatabase()
        else cluster.killServer(Math.floor(random() * servers))
      }
    })()
    await Promise.all([antagonist, ...people.map((person, i) => learn(cluster, person, questions, until, randomFrom(seed * 17 + i), history))])
    await rest(pool, patience_seconds)
    isOver = true
    await Promise.all(machines)
    const broken = await audit(pool, history, limits)
    return { broken, history, faults: cluster.faults, acknowledged: history.hand_ins.filter((h) => h.acks.length > 0).length }
  } finally {
    await pool.end().catch(() => {})
    await cluster.close()
  }
}

const isUp = (pool: pg.Pool): Promise<boolean> =>
  pool.query('select 1').then(
    () => true,
    () => false,
  )

/** Waits until no job is open. Bounded: what never comes to rest is for the audit to name. */
async function rest(pool: pg.Pool, patience_seconds: number): Promise<void> {
  let last = ''
  for (let quiet = 0, tries = 0; quiet < 3 && tries < patience_seconds * 4; tries++) {
    await sleep(250)
    const { rows } = await pool
      .query<{ open: string; done: string }>(
        "select count(*) filter (where status in ('pending','pulled','retry')) as open, count(*) as done from grading_jobs where kind = 'submission'",
      )
      .catch(() => ({ rows: [{ open: '-1', done: '' }] }))
    const now = `${rows[0]!.open} ${rows[0]!.done}`
    quiet = rows[0]!.open === '0' && now === last ? quiet + 1 : 0
    last = now
  }
}

async function populate(pool: pg.Pool, learners: number) {
  const teacher = newId()
  const course = newId()
  const insert = (table: string, row: Record<string, unknown>): Promise<unknown> => {
    const keys = Object.keys(row)
    return pool.query(`insert into ${table} (${keys.join(', ')}) values (${keys.map((_, i) => `$${i + 1}`).join(', ')})`, Object.values(row))
  }
  const user = async (id: string): Promise<void> => {
    await insert('principals', { id, kind: 'user' })
    await insert('users', { id, email: `${id}@example.org`, display_name: 'Someone' })
  }
  await user(teacher)
  await insert('courses', { id: course, slug: 'history', title: 'History', state: 'published', created_by: teacher })
  const module = newId()
  await insert('modules', { id: module, course_id: course, position: 0, title: 'Module' })
  const questions: string[] = []
  const limits = new Map<string, number>()
  for (let i = 0; i < 4; i++) {
    const [step, assignment, question, version, placed] = [newId(), newId(), newId(), newId(), newId()]
    await insert('steps', { id: step, module_id: module, position: i, kind: 'assignment', title: 'Step', state: 'published' })
    await insert('assignments', { id: assignment, step_id: step, max_attempts: i === 0 ? 3 : null })
    await insert('questions', { id: question, owner_id: teacher, slug: `question-${i}` })
    await insert('question_versions', {
      id: version,
      question_id: question,
      number: 1,
      kind: 'io',
      title: 'Question',
      spec: JSON.stringify({ kind: 'io', comparator: { kind: 'exact' }, languages: { python: { starter: '', reference: '', compiler_flags: [] } } }),
      content_sha256: randomBytes(32),
    })
    await insert('test_cases', {
      id: newId(),
      question_version_id: version,
      key: 't1',
      position: 0,
      name: 'one',
      points: 1,
      is_hidden: false,
      time_ms: 1000,
      memory_mb: 64,
      output_kb: 64,
      input: JSON.stringify({ stdin: '' }),
      expected: JSON.stringify({ expected_stdout: '1' }),
    })
    await pool.query("update question_versions set state = 'published', published_at = now() where id = $1", [version])
    await insert('assignment_questions', { id: placed, assignment_id: assignment, position: 0, question_id: question, question_version_id: version })
    questions.push(placed)
    if (i === 0) limits.set(placed, 3)
  }
  const people: Learner[] = []
  for (let i = 0; i < learners; i++) {
    const id = newId()
    const token = `gs_${randomBytes(32).toString('base64url')}`
    await user(id)
    await insert('enrolments', { id: newId(), course_id: course, user_id: id, role: 'student' })
    await insert('sessions', { id: newId(), token_hash: hash(token), principal_id: id, kind: 'cli', expires_at: new Date(Date.now() + 3_600_000) })
    people.push({ id, token })
  }
  const machine = newId()
  const grader_token = `gk_${randomBytes(32).toString('base64url')}`
  await insert('principals', { id: machine, kind: 'service' })
  await insert('api_keys', { id: newId(), key_hash: hash(grader_token), principal_id: machine, name: 'history', scopes: ['grade'] })
  return { people, questions, limits, grader_token }
}
