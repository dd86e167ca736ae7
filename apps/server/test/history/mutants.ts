import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Reliability bugs that others have shipped, as small changes to the product's own sources. The checker must find each of them, or
 * it proves nothing. A change whose text is no longer in the source fails loudly: then the mutant must follow the code.
 */
export interface Mutant {
  name: string
  file: string
  find: string
  put: string
}

export const mutants: Mutant[] = [
  {
    name: 'a result is taken without looking at the lease',
    file: 'queue/queries/jobs.ts',
    find: '`j.id = ${key.job_id} and j.lease_generation = ${key.lease_generation} and j.lease_hash = ${key.lease_hash}`',
    put: '`j.id = ${key.job_id}`',
  },
  {
    name: 'the attempt counter is read, then written',
    file: 'submissions/queries/submit.ts',
    find: 'do update set attempts = k.attempts + 1',
    put: 'do update set attempts = (select o.attempts + 1 from attempt_counters o where o.principal_id = k.principal_id and o.assignment_question_id = k.assignment_question_id)',
  },
  {
    name: 'the idempotency key is not kept',
    file: 'submissions/queries/submit.ts',
    find: '${s.client}::text, ${s.idempotency_key}::text, ${s.request_sha256}::bytea',
    put: '${s.client}::text, ${s.idempotency_key}::text || clock_timestamp()::text, ${s.request_sha256}::bytea',
  },
  {
    name: 'the limit of attempts is not looked at under the lock',
    file: 'submissions/queries/submit.ts',
    find: 'where coalesce(k.attempts - k.forgiven < (select max_attempts from placed), true)',
    put: '',
  },
  {
    name: 'the job is lost now and then between hand-in and queue',
    file: 'submissions/queries/submit.ts',
    find: 'h.language as needs, placed.work_ms, null::bytea as supersede_key from handed_in h, placed`)}',
    put: 'h.language as needs, placed.work_ms, null::bytea as supersede_key from handed_in h, placed where random() < 0.97`)}',
  },
  {
    name: 'code is tidied before it is stored',
    file: 'submissions/submit.ts',
    find: '    ...hand_in,\n',
    put: "    ...hand_in,\n    content: Buffer.from(hand_in.content.toString().replaceAll('\\r\\n', '\\n')),\n",
  },
  {
    name: 'the report is acknowledged before it is written',
    file: 'grading/take-back.ts',
    find: 'const is_replay = await transact(db, async (tx) => {',
    put: 'const is_replay = false; await new Promise((r) => setTimeout(r, 0)); void transact(db, async (tx) => { await new Promise((r) => setTimeout(r, 200));',
  },
  {
    name: 'expired leases are never rescued',
    file: 'queue/queries/jobs.ts',
    find: "where j.status = 'pulled' and j.lease_expires_at <= now()",
    put: "where j.status = 'pulled' and j.lease_expires_at <= now() - interval '1 hour'",
  },
  {
    // Taking live leases for expired ones is not in this list: the token fences its effects, and the checker rightly sees nothing.
    name: 'the score forgets earlier attempts',
    file: 'submissions/record-score.ts',
    find: 'const events = await listScoreEvents(tx, place)',
    put: 'const events = (await listScoreEvents(tx, place)).slice(-1)',
  },
  {
    name: 'every lease has the same secret',
    file: 'queue/lease.ts',
    find: "randomBytes(32).toString('base64url')",
    put: "'A'.repeat(43)",
  },
]

const root = join(import.meta.dirname, '../../../..')

/** A copy of the server's sources with one change, ready to run; `remove` deletes it. */
export function plant({ name, file, find, put }: Mutant): { server_root: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-mutant-'))
  const server_root = join(folder, 'apps/server')
  mkdirSync(server_root, { recursive: true })
  for (const part of ['src', 'migrations', 'package.json']) cpSync(join(root, 'apps/server', part), join(server_root, part), { recursive: true })
  cpSync(join(root, 'package.json'), join(folder, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const own = join(root, 'apps/server/node_modules')
  if (existsSync(own)) symlinkSync(own, join(server_root, 'node_modules'))
  symlinkSync(join(root, 'demo'), join(folder, 'demo'))
  const path = join(server_root, 'src', file)
  const source = readFileSync(path, 'utf8')
  const parts = source.split(find)
  if (parts.length !== 2) throw new Error(`mutant "${name}": its text stands ${parts.length - 1} times in ${file}`)
  writeFileSync(path, parts.join(put))
  return { server_root, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
