import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import { createClient } from '../../packages/client/src/client.ts'
import { createOutbox } from '../../packages/client/src/outbox.ts'
import { memoryLock, memoryStore } from '../../packages/client/src/outbox-store.ts'
import { completeStep } from '../../packages/contract/src/progress.ts'
import { submit } from '../../packages/contract/src/submissions.ts'
import { freePort, startServer } from '../scratch.ts'
import { idOf, makeCourse, makePeople, makeQuestion, tokenOf } from './course.ts'

const BROWSERS = 1_000
const ENTRIES = 20
/** Of these entries this many are hand-ins, which count attempts: one that came twice would show. The others complete steps. */
const HAND_INS = 5
const OUTAGE_MS = 5_000

const calls = { completeStep, submit }

/**
 * A thousand browsers with the real outbox over real HTTP: while they write and send, the server is killed (SIGKILL), they write on, and it is
 * started again. Everything must arrive, once, and every browser must hear of it.
 */
export async function benchOutboxes(pool: Pool, url: string): Promise<void> {
  await makePeople(pool)
  await makeCourse(pool, 0, { modules: 5, progress: false })
  const placed = await makeQuestion(pool, 0)
  const port = await freePort()
  let server = await startServer(url, { PORT: port })
  let acknowledged = 0
  let refused = 0
  let in_vain = 0
  const keys = new Set<string>()
  const boxes = Array.from({ length: BROWSERS }, (_, n) => {
    const client = createClient({ base_url: `http://127.0.0.1:${port}`, token: tokenOf(n), timeout_ms: 10_000 })
    const box = createOutbox({ client, owner: String(n), calls, store: memoryStore(), lock: memoryLock(), retry: { base_ms: 500, max_ms: 5_000 } })
    box.subscribe(({ kind }) => {
      if (kind === 'sent') acknowledged++
      if (kind === 'set_aside' || kind === 'signed_out') refused++
      if (kind === 'waiting') in_vain++
    })
    return box
  })
  const all = BROWSERS * ENTRIES
  const began = performance.now()
  const writing = Promise.all(
    boxes.map(async (box) => {
      for (let i = 0; i < ENTRIES; i++) {
        const entry =
          i < HAND_INS
            ? await box.add('submit', { params: { assignment_question_id: placed }, body: { language: 'python', code: `print(${i})` } })
            : await box.add('completeStep', { body: { step_id: idOf.step(0, i), score: 1, score_scale: 'unit' } })
        keys.add(entry.idempotency_key)
        // Some twenty seconds of writing, at random instants.
        await sleep(Math.random() * 2_000)
      }
    }),
  )
  while (acknowledged < all / 10) await sleep(10)
  const before = acknowledged
  server.child.kill('SIGKILL')
  const down = performance.now()
  await writing
  await sleep(Math.max(0, OUTAGE_MS - (performance.now() - down)))
  const written = keys.size
  server = await startServer(url, { PORT: port })
  const up = performance.now()
  await Promise.all(boxes.map((box) => box.drain()))
  const drained = performance.now()
  const left = (await Promise.all(boxes.map(async (box) => (await box.waiting()).length + (await box.setAside()).length))).reduce((a, b) => a + b, 0)
  const { rows } = await pool.query<Record<string, number>>(
    `select (select count(*) from completions) as completions, (select count(*) from submissions) as hand_ins,
      (select count(*) from progress where completed_at is not null) as completed, (select sum(attempts) from progress)::int as attempts,
      (select count(distinct (principal_id, assignment_question_id, attempt_number)) from submissions) as numbers,
      (select count(*) from (select idempotency_key from completions union select idempotency_key from submissions) k
        where idempotency_key = any($1)) as keys`,
    [[...keys]],
  )
  await server.stop()
  const found = rows[0]!
  console.log(`${BROWSERS} outboxes of ${ENTRIES}: ${before} acknowledged before the kill, ${written} written when the server came back`)
  console.log(
    `drained ${((drained - up) / 1000).toFixed(1)} s after it was ready, ${((drained - began) / 1000).toFixed(1)} s in all; ${in_vain} tries in vain`,
  )
  console.log(
    `acknowledged ${acknowledged} of ${all}, refused ${refused}, left ${left}; lost ${all - found.keys!}, ` +
      `doubled ${found.completions! + found.hand_ins! - found.keys!}`,
  )
  console.log(`in the database: ${JSON.stringify(found)}`)
  const isRight =
    acknowledged === all &&
    left === 0 &&
    found.keys === all &&
    found.hand_ins === BROWSERS * HAND_INS &&
    found.attempts === found.hand_ins &&
    found.completed === BROWSERS * (ENTRIES - HAND_INS) &&
    found.completions === found.completed
  if (!isRight) throw new Error('something was lost or doubled')
}
