import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createKey } from '../apps/server/src/identity/create-key.ts'
import { median, openScratch, startServer } from './scratch.ts'

/**
 * `node bench/depository.ts [seconds]`: a hall hands in: 500 files of 3 MB within 60 s and 1,000 look-ups a second beside them; then as
 * many as go through, in turns with a bare server that only streams the same bodies to disk with SHA-256 (bare-upload.ts); then memory
 * with 3 MB against 300 MB. Needs DATABASE_URL of a server on which a database may be made.
 */
const seconds = Number(process.argv[2] ?? 60)
const FILES = 500
const FILE_BYTES = 3_000_000
const LOOKUPS_PER_SECOND = 1_000
const AT_ONCE = 32
const ROUNDS = 5
const ROUND_FILES = 120

const EDGE = 'bench-boundary'
const headOf = (name: string): Buffer =>
  Buffer.from(`--${EDGE}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: application/pdf\r\n\r\n`)
const foot = Buffer.from(`\r\n--${EDGE}--\r\n`)
const agent = new Agent({ keepAlive: true, maxSockets: 1_000 })

interface Answer {
  status: number
  body: string
  ms: number
}

/** Sends `parts` as one multipart body. */
async function post(url: string, size: number, parts: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<Answer> {
  const began = performance.now()
  const head = headOf('work.pdf')
  const outgoing = request(url, {
    method: 'POST',
    agent,
    headers: {
      'content-type': `multipart/form-data; boundary=${EDGE}`,
      'content-length': head.length + size + foot.length,
      'idempotency-key': randomBytes(12).toString('hex'),
    },
  })
  const answered = once(outgoing, 'response')
  outgoing.write(head)
  for await (const part of parts) if (!outgoing.write(part)) await once(outgoing, 'drain')
  outgoing.end(foot)
  const [reply] = (await answered) as [import('node:http').IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of reply) chunks.push(chunk as Buffer)
  return { status: reply.statusCode!, body: Buffer.concat(chunks).toString(), ms: performance.now() - began }
}

const rssOf = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024

/** Runs `work` and tells the highest memory of a process meanwhile, in MiB. */
async function peakOf<T>(pid: number, work: () => Promise<T>): Promise<{ result: T; peak: number }> {
  let peak = 0
  const timer = setInterval(() => {
    peak = Math.max(peak, rssOf(pid))
  }, 50)
  const result = await work().finally(() => clearInterval(timer))
  return { result, peak: Math.max(peak, rssOf(pid)) }
}

/**
 * Looks codes up at an even rate, whatever the answers take, as people do who do not wait for each other. (A generator that sends each
 * second's share at once and waits for the next made 993 of 1,000: 60 shares in 60.4 s.)
 */
async function lookUp(
  urls: readonly string[],
  per_second: number,
  for_seconds: number,
): Promise<{ times: number[]; errors: number; took_s: number }> {
  const browsers = new Agent({ keepAlive: true, maxSockets: 256 })
  const times: number[] = []
  let errors = 0
  const one = (url: string): Promise<void> =>
    new Promise((resolve) => {
      const asked = performance.now()
      const end = (is_right: boolean): void => {
        if (is_right) times.push(performance.now() - asked)
        else errors++
        resolve()
      }
      const outgoing = request(url, { agent: browsers }, (reply) => reply.resume().once('end', () => end(reply.statusCode === 200)))
      outgoing.once('error', () => end(false))
      outgoing.end()
    })
  const all: Promise<void>[] = []
  const began = performance.now()
  const elapsed_s = (): number => (performance.now() - began) / 1000
  while (all.length < per_second * for_seconds) {
    for (const due = Math.min(elapsed_s(), for_seconds) * per_second; all.length < due; ) all.push(one(urls[all.length % urls.length]!))
    await sleep(2)
  }
  await Promise.all(all)
  browsers.destroy()
  return { times: times.sort((a, b) => a - b), errors, took_s: elapsed_s() }
}

const at = (sorted: readonly number[], q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]!

const { db, url, drop } = await openScratch()
const folder = mkdtempSync(join(tmpdir(), 'gradus-bench-'))
const bare_folder = join(folder, 'bare')
mkdirSync(bare_folder)
const server = await startServer(url, { GRADUS_DATA: folder })
const bare = spawn(process.execPath, [join(import.meta.dirname, 'bare-upload.ts'), bare_folder], { stdio: ['ignore', 'pipe', 'inherit'] })
try {
  const [line] = (await once(bare.stdout!, 'data')) as [Buffer]
  const bare_url = `http://127.0.0.1:${line.toString().trim()}/`
  const { key } = await createKey(db, { name: 'bench', scopes: ['examiner'] })
  const call = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
    const answer = await fetch(server.base_url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(await answer.text())
    return (await answer.json()) as Record<string, unknown>
  }
  const hall = async (count: number, more: object = {}): Promise<string[]> => {
    const { id } = await call('/api/exams', { title: 'Bench', max_uploads: 1_000, ...more })
    const csv = ['nickname,first_name,last_name', ...Array.from({ length: count }, (_, i) => `n${i},A,B`)].join('\n')
    const { candidates } = (await call(`/api/exams/${id as string}/candidates/import`, { csv })) as unknown as {
      candidates: { upload_code: string }[]
    }
    return candidates.map((one) => one.upload_code)
  }
  const upload = (code: string, file: Buffer): Promise<Answer> => post(`${server.base_url}/api/hand-in/${code}/files`, file.length, [file])
  const files = Array.from({ length: 8 }, () => randomBytes(FILE_BYTES))
  const codes = await hall(FILES)
  await upload(codes[0]!, files[0]!)
  await sleep(2_000)

  // 1. The hall.
  const idle = rssOf(server.child.pid!)
  const { result: burst, peak } = await peakOf(server.child.pid!, async () => {
    const looking = lookUp(
      codes.slice(0, 100).map((code) => `${server.base_url}/api/hand-in/${code}`),
      LOOKUPS_PER_SECOND,
      seconds,
    )
    const answers = await Promise.all(
      codes.map(async (code, i) => {
        // At random instants, as people come.
        await sleep(Math.random() * seconds * 1000)
        const file = files[i % files.length]!
        const answer = await upload(code, file).catch((error: Error): Answer => ({ status: 0, body: error.message, ms: 0 }))
        const is_whole =
          answer.status === 201 && (JSON.parse(answer.body) as { sha256: string }).sha256 === createHash('sha256').update(file).digest('hex')
        return { ...answer, is_whole }
      }),
    )
    return { answers, looked: await looking }
  })
  const { answers, looked } = burst
  const times = answers.map(({ ms }) => ms).sort((a, b) => a - b)
  const stored = await db
    .selectFrom('submission_files')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  console.log(
    `${FILES} files of 3 MB within ${seconds} s: ${answers.filter((one) => !one.is_whole).length} errors, ${stored.count - 1} stored; ` +
      `receipt p50 ${at(times, 0.5).toFixed(0)} ms, p99 ${at(times, 0.99).toFixed(0)} ms, highest ${times.at(-1)!.toFixed(0)} ms`,
  )
  console.log(
    `beside them ${looked.times.length} look-ups in ${looked.took_s.toFixed(2)} s, ${(looked.times.length / looked.took_s).toFixed(0)} a second: ` +
      `${looked.errors} errors, p50 ${at(looked.times, 0.5).toFixed(0)} ms, p99 ${at(looked.times, 0.99).toFixed(0)} ms`,
  )
  console.log(`server memory: ${idle.toFixed(0)} MiB idle, ${peak.toFixed(0)} MiB at most, ${(peak - idle).toFixed(0)} MiB above idle`)

  // 2. As many as go through, in turns.
  const others = await hall(ROUNDS * ROUND_FILES)
  const through = async (send: (file: Buffer) => Promise<Answer>): Promise<number> => {
    let next = 0
    const began = performance.now()
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let i = next++; i < ROUND_FILES; i = next++) {
          const answer = await send(files[i % files.length]!)
          if (answer.status !== 201) throw new Error(`${answer.status} ${answer.body}`)
        }
      }),
    )
    return (ROUND_FILES * FILE_BYTES) / 1e6 / ((performance.now() - began) / 1000)
  }
  const [ours, theirs]: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await through((file) => upload(others.pop()!, file)))
    theirs.push(await through((file) => post(bare_url, FILE_BYTES, [file])))
  }
  const ratios = ours.map((rate, i) => rate / theirs[i]!)
  const shown = (all: readonly number[], digits: number): string => all.map((n) => n.toFixed(digits)).join(', ')
  console.log(
    `uploads, ${AT_ONCE} at once: ${shown(ours, 0)} MB a second; bare ${shown(theirs, 0)}; ratio ${median(ratios).toFixed(2)} (${shown(ratios, 2)})`,
  )

  // 3. Memory does not grow with the file.
  const [large] = (await hall(1, { max_bytes: 400_000_000 })) as [string]
  const sizes = [3_000_000, 300_000_000]
  for (const size of sizes) {
    await sleep(2_000)
    const before = rssOf(server.child.pid!)
    const chunks = function* (): Generator<Buffer> {
      for (let sent = 0; sent < size; sent += files[0]!.length) yield files[0]!.subarray(0, Math.min(files[0]!.length, size - sent))
    }
    const { result, peak: highest } = await peakOf(server.child.pid!, () => post(`${server.base_url}/api/hand-in/${large}/files`, size, chunks()))
    console.log(
      `one file of ${size / 1e6} MB: ${result.status}, ${(size / 1e6 / (result.ms / 1000)).toFixed(0)} MB a second, memory ${before.toFixed(0)} MiB before, ${highest.toFixed(0)} MiB at most`,
    )
  }
} finally {
  bare.kill()
  agent.destroy()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
  await drop()
}
