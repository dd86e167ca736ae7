import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import type { Pool } from 'pg'
import { median, recordStatements, type Statement, startServer } from '../scratch.ts'
import { idOf, LEARNERS, makeCourse, makePeople, STEPS, sqlOf, tokenHashOf, tokenOf } from './course.ts'

const CLIENTS = 8
const ROUNDS = 5
const KEY = 'bench-recorded-0'
/** HTTP and pgbench have a course each, so that neither finds done what the other did. */
const [OURS, THEIRS] = [0, 1]
let sent = 0

/**
 * Steps completed per second through HTTP, each for the first time as it is in life, against pgbench sending the upsert of one such call, and
 * against pgbench sending all its statements; in turns. The statements are recorded from a real call, so they cannot drift from the product.
 */
export async function benchComplete(pool: Pool, url: string, seconds: number): Promise<void> {
  await makePeople(pool)
  for (const course of [OURS, THEIRS]) await makeCourse(pool, course, { modules: 5, progress: false })
  const statements = await record(url)
  const upsert = statements.filter(({ text }) => text.startsWith('/* complete */'))
  if (upsert.length !== 1) throw new Error('a completion is not the one statement that this bench looks for')
  console.log(`statements of a completion: ${statements.map(({ text }) => text.slice(0, 28).replace(/\s+/g, ' ')).join(' | ')}`)
  const server = await startServer(url)
  const folder = mkdtempSync(join(tmpdir(), 'gradus-bench-'))
  try {
    const rates = { http: [] as number[], upsert: [] as number[], all: [] as number[] }
    await load(server.base_url, 2)
    const before = { sent, server_us: processorTime(server.child.pid!), own: process.cpuUsage() }
    for (let round = 0; round < ROUNDS; round++) {
      rates.http.push(await load(server.base_url, seconds))
      rates.upsert.push(pgbench(folder, url, upsert, seconds))
      rates.all.push(pgbench(folder, url, statements, seconds))
    }
    const own = process.cpuUsage(before.own)
    const calls = sent - before.sent
    const [server_us, load_us] = [(processorTime(server.child.pid!) - before.server_us) / calls, (own.user + own.system) / calls]
    console.log(`processor time of a completion: the server ${server_us.toFixed(0)} µs, who sends it ${load_us.toFixed(0)} µs`)
    for (const [name, found] of Object.entries(rates)) console.log(`${name}, c=${CLIENTS}: ${found.map((r) => r.toFixed(0)).join(', ')} per second`)
    for (const against of ['upsert', 'all'] as const) {
      const ratios = rates.http.map((rate, i) => rate / rates[against][i]!)
      console.log(`ratio to ${against}: ${median(ratios).toFixed(2)} (${ratios.map((r) => r.toFixed(2)).join(', ')})`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await server.stop()
  }
}

/** What a process has used so far, in microseconds; its clock ticks a hundred times a second. */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}

async function load(base_url: string, duration: number): Promise<number> {
  const result = await autocannon({
    url: base_url,
    connections: CLIENTS,
    duration,
    requests: [
      {
        method: 'POST',
        path: '/api/progress/complete',
        setupRequest: (request) => {
          const n = sent++
          if (n >= LEARNERS * STEPS) throw new Error('everything is done: run for fewer seconds')
          request.headers = {
            ...{ authorization: `Bearer ${tokenOf(n % LEARNERS)}`, 'content-type': 'application/json' },
            'idempotency-key': `bench-${process.pid}-${n}`,
          }
          request.body = JSON.stringify({ step_id: idOf.step(OURS, Math.floor(n / LEARNERS)), score: 0.9, score_scale: 'unit' })
          return request
        },
      },
    ],
  })
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refusals and ${result.errors} errors in the load`)
  return result['2xx'] / result.duration
}

/** Every statement the server sends for one completion, the first of learner 0. */
async function record(url: string): Promise<Statement[]> {
  let recorded: Statement[] = []
  await recordStatements(url, {}, async (app, take) => {
    take()
    const answer = await app.inject({
      method: 'POST',
      url: '/api/progress/complete',
      headers: { authorization: `Bearer ${tokenOf(0)}`, 'content-type': 'application/json', 'idempotency-key': KEY },
      payload: { step_id: idOf.step(THEIRS, 0), score: 0.9, score_scale: 'unit' },
    })
    recorded = take()
    if (answer.statusCode !== 200) throw new Error(`the recorded completion was refused: ${answer.body}`)
  })
  return recorded
}

/** pgbench's transactions per second for these statements, prepared, each for a learner and a step by chance. */
function pgbench(folder: string, url: string, statements: Statement[], duration: number): number {
  const known = statements.flatMap((s) => s.values)
  const literal = (value: unknown): string => {
    if (value === null || value === undefined) return 'null'
    if (Buffer.isBuffer(value)) return value.toString('hex') === tokenHashOf(0) ? sqlOf.token_hash : `'\\x${value.toString('hex')}'::bytea`
    if (value === idOf.learner(0)) return sqlOf.learner
    if (value === idOf.step(THEIRS, 0)) return sqlOf.step(THEIRS)
    if (value === KEY) return 'md5(random()::text || clock_timestamp()::text)'
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    // An id that occurs once was made for this completion alone: pgbench makes its own.
    if (/^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(text) && known.filter((other) => other === value).length === 1) return 'gen_random_uuid()'
    return `'${text.replaceAll("'", "''")}'`
  }
  const script = statements
    .map(({ text, values }) => text.replace(/\$(\d+)/g, (_, index: string) => literal(values[Number(index) - 1])).replace(/\s*\n\s*/g, ' '))
    .join(';\n')
  const file = join(folder, 'complete.sql')
  writeFileSync(file, `\\set n random(0, ${LEARNERS - 1})\n\\set s random(0, ${STEPS - 1})\n${script};\n`)
  const args = ['-n', '-M', 'prepared', '-c', String(CLIENTS), '-j', '2', '-T', String(duration), '-f', file, url]
  const printed = execFileSync('pgbench', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  return Number(/tps = ([\d.]+)/.exec(printed)![1])
}
