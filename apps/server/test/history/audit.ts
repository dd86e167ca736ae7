import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import type { History } from './history.ts'

interface SubmissionRow {
  id: string
  principal_id: string
  assignment_question_id: string
  attempt_number: number
  content: Buffer
  content_sha256: Buffer
  idempotency_key: string
}

/**
 * Holds the history against the database after everything has come to rest (reliability-security.md 1.3). Every sentence returned
 * is a broken promise. The numbers name the invariants.
 */
export async function audit(pool: Pool, history: History, max_attempts: Map<string, number>): Promise<string[]> {
  const broken = [...history.violations]
  const submissions = (await pool.query<SubmissionRow>('select * from submissions')).rows
  const by_id = new Map(submissions.map((s) => [s.id, s]))
  const by_key = Map.groupBy(submissions, (s) => s.idempotency_key)

  for (const h of history.hand_ins) {
    const stored = by_key.get(h.key) ?? []
    if (stored.length > 1) broken.push(`I1: key ${h.key} has ${stored.length} submissions`)
    if (new Set(h.acks.map((a) => `${a.id} ${a.attempt_number}`)).size > 1) broken.push(`I1: key ${h.key} was answered with different submissions`)
    for (const ack of h.acks) {
      const row = by_id.get(ack.id)
      if (row === undefined) broken.push(`I1: acknowledged submission ${ack.id} is gone`)
      else if (!row.content.equals(Buffer.from(h.code))) broken.push(`I1: submission ${ack.id} is not byte-exact`)
      else if (row.attempt_number !== ack.attempt_number) broken.push(`I2: submission ${ack.id} was acknowledged as another attempt`)
    }
    if (h.refusal !== null && stored.length > 0 && h.acks.length === 0) broken.push(`I1: refused hand-in ${h.key} is stored`)
  }
  for (const s of submissions) {
    if (!createHash('sha256').update(s.content).digest().equals(s.content_sha256)) broken.push(`I1: hash of ${s.id} does not fit its content`)
  }

  const counters = (
    await pool.query<{ principal_id: string; assignment_question_id: string; attempts: number; forgiven: number }>('select * from attempt_counters')
  ).rows
  const rows_by_place = Map.groupBy(submissions, (s) => `${s.principal_id} ${s.assignment_question_id}`)
  for (const c of counters) {
    const place = `${c.principal_id} ${c.assignment_question_id}`
    const numbers = (rows_by_place.get(place) ?? []).map((s) => s.attempt_number).sort((a, b) => a - b)
    if (numbers.length !== c.attempts) broken.push(`I2: counter says ${c.attempts}, there are ${numbers.length} submissions (${place})`)
    if (numbers.some((n, i) => n !== i + 1)) broken.push(`I2: attempt numbers have gaps or doubles (${place}): ${numbers.join(' ')}`)
    const limit = max_attempts.get(c.assignment_question_id)
    if (limit !== undefined && c.attempts - c.forgiven > limit) broken.push(`I2: ${c.attempts} attempts where ${limit} are allowed (${place})`)
  }

  const jobs = (
    await pool.query<{ id: string; subject_id: string; status: string }>("select id, subject_id, status from grading_jobs where kind = 'submission'")
  ).rows
  const job_of = new Map(jobs.map((j) => [j.subject_id, j]))
  const results = (
    await pool.query<{ submission_id: string; generation: number; is_current: boolean; runtime: string; points: string; tests: string }>(
      `select r.*, (select count(*) from test_results t where t.submission_id = r.submission_id and t.generation = r.generation) as tests from results r`,
    )
  ).rows
  const results_of = Map.groupBy(results, (r) => r.submission_id)
  for (const s of submissions) {
    const job = job_of.get(s.id)
    const own = results_of.get(s.id) ?? []
    if (job === undefined) broken.push(`I6: submission ${s.id} has no job`)
    else if (job.status !== 'retired' && job.status !== 'failed') broken.push(`I6: submission ${s.id} came to rest ${job.status}`)
    else if (job.status === 'retired' && own.filter((r) => r.is_current).length !== 1)
      broken.push(`I4: graded submission ${s.id} has ${own.filter((r) => r.is_current).length} current results`)
    else if (job.status === 'failed' && own.length > 0) broken.push(`I4: submission ${s.id} needs staff and has a result`)
    if (own.length > 1) broken.push(`I4: submission ${s.id} was graded ${own.length} times without a regrade`)
  }
  for (const r of results) {
    if (Number(r.tests) !== 1) broken.push(`I4: result of ${r.submission_id} has ${r.tests} test results instead of 1`)
    const source = history.reports.filter((report) => report.marker === r.runtime)
    if (source.length === 0) broken.push(`I5: result of ${r.submission_id} was reported by nobody`)
    const code = by_id.get(r.submission_id)?.content.toString()
    if (source.some((report) => report.code !== code)) broken.push(`I5: result of ${r.submission_id} belongs to another submission`)
  }

  const stored_markers = new Set(results.map((r) => r.runtime))
  for (const [job_id, reports] of Map.groupBy(history.reports, (r) => r.job_id)) {
    const accepted = reports.filter((r) => r.status === 200)
    if (accepted.some((r) => !stored_markers.has(r.marker))) broken.push(`I4: an accepted report of job ${job_id} is not the result`)
    const first = new Set(accepted.filter((r) => r.is_replay === false).map((r) => r.marker))
    if (first.size > 1) broken.push(`I4: job ${job_id} accepted ${first.size} different reports`)
    const done_at = Math.min(...accepted.map((r) => r.answered_at ?? Number.POSITIVE_INFINITY))
    for (const report of accepted) {
      const own = history.leases.find((l) => l.lease_token === report.lease_token && l.job_id === job_id)
      const later = history.leases.find(
        (l) => l.job_id === job_id && own !== undefined && l.received_at > own.received_at && l.received_at < report.sent_at,
      )
      if (report.is_replay === false && later !== undefined) broken.push(`I5: job ${job_id} took a report of a lease that had been replaced`)
    }
    const again = history.leases.find((l) => l.job_id === job_id && l.received_at > done_at + 1_000)
    if (again !== undefined) broken.push(`I5: job ${job_id} was leased again after its result had been accepted`)
  }
  // 503 is an answer while processes die; 500 is a fault that somebody forgot.
  for (const report of history.reports) if (report.status === 500) broken.push(`a report of job ${report.job_id} was answered 500`)
  const tokens = history.leases.map((l) => l.lease_token)
  if (new Set(tokens).size !== tokens.length) broken.push('I5: one lease token was handed out twice')

  const events = (await pool.query<{ submission_id: string; n: string }>('select submission_id, count(*) as n from score_events group by 1')).rows
  for (const e of events) {
    if (Number(e.n) !== (results_of.get(e.submission_id) ?? []).length)
      broken.push(`I4: submission ${e.submission_id} has ${e.n} score events for ${(results_of.get(e.submission_id) ?? []).length} results`)
  }
  const scores = (
    await pool.query<{ principal_id: string; assignment_question_id: string; points: string; best: string | null }>(
      `select s.*, (select max(e.points) from score_events e where e.principal_id = s.principal_id and e.assignment_question_id = s.assignment_question_id) as best from scores s`,
    )
  ).rows
  for (const s of scores)
    if (Number(s.points) !== Number(s.best)) broken.push(`I10: score of ${s.principal_id} is ${s.points}, its events say ${s.best}`)
  const graded_places = new Set(
    results.map((r) => `${by_id.get(r.submission_id)?.principal_id} ${by_id.get(r.submission_id)?.assignment_question_id}`),
  )
  if (graded_places.size !== scores.length) broken.push(`I10: ${graded_places.size} learners and questions are graded, ${scores.length} have a score`)

  for (const [id, sights] of Map.groupBy(
    history.sights.filter((s) => s.state === 'graded'),
    (s) => s.submission_id,
  )) {
    if (new Set(sights.map((s) => s.points)).size > 1) broken.push(`I4: the shown score of ${id} changed: ${sights.map((s) => s.points).join(', ')}`)
  }
  return broken
}
