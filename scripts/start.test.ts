import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findRunning, signal, worksOn } from '../apps/server/src/db/embedded-process.ts'
import { eventually, type Process, runProcess, temporaryFolder } from '../apps/server/test/process.ts'

let folder: ReturnType<typeof temporaryFolder>
let running: Process | undefined
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(async () => {
  running?.child.kill('SIGKILL')
  const postgres = findRunning(join(folder.path, 'postgres'))
  if (postgres !== null) signal(postgres.pid, 'SIGQUIT')
  folder.remove()
})

async function start(env: Record<string, string> = {}): Promise<Process & { address: string }> {
  const started = runProcess('scripts/start.ts', { GRADUS_DATA: folder.path, PORT: '0', GRADUS_WORKERS: '1', ...env })
  running = started
  const [, address] = await started.said(/Gradus is running at (http:\/\/\S+)/)
  await started.said(/^ {2}languages .*$/m)
  return { ...started, address: address! }
}

/** The pid of the worker that `npm start` runs. Linux only, like the container it is for. */
function workerOf(parent: number): number | undefined {
  const [pid] = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8')
    .split(' ')
    .filter((child) => child !== '' && worksOn(Number(child), 'apps/worker/src/main.ts'))
  return pid === undefined ? undefined : Number(pid)
}

const isGone = (pid: number): boolean => !worksOn(pid, 'apps/worker/src/main.ts')

describe('npm start', () => {
  test('ends with address, sign-ins and languages; the next start tells the same, and SIGTERM leaves nothing behind', async () => {
    const first = await start({ GRADUS_ADMIN_EMAIL: 'admin@example.org', GRADUS_ADMIN_PASSWORD: 'correct horse battery' })
    const lines = first.stdout().trimEnd().split('\n').slice(-4)
    expect(lines[0]).toBe(`Gradus is running at ${first.address} (Ctrl-C stops it)`)
    expect(lines[3]).toMatch(/^ {2}languages {2}.*(Python|CPython).* in (bubblewrap|wasm)/)
    for (const [role, index] of [
      ['teacher', 1],
      ['student', 2],
    ] as const) {
      const [, email, password] = /^ {2}\w+ +(\S+) {2}password (\S+)$/.exec(lines[index]!)!
      expect(email).toBe(`${role}@gradus.example`)
      const signedIn = await fetch(`${first.address}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password }),
      })
      expect(signedIn.status).toBe(200)
    }
    expect((await fetch(first.address, { headers: { accept: 'text/html' } })).headers.get('content-type')).toMatch(/^text\/html/)
    const picture = await fetch(`${first.address}/demo/pictures/call-and-return.svg`)
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/svg+xml'])
    const worker = workerOf(first.pid)!
    const postgres = findRunning(join(folder.path, 'postgres'))!.pid
    first.child.kill('SIGTERM')
    expect(await first.ended).toMatchObject({ code: 0 })
    expect(isGone(worker)).toBe(true)
    expect(worksOn(postgres, folder.path)).toBe(false)

    const second = await start()
    expect(
      second
        .stdout()
        .split('\n')
        .filter((line) => line.includes('password')),
    ).toEqual(lines.slice(1, 3))
    second.child.kill('SIGINT')
    expect(await second.ended).toMatchObject({ code: 0 })
  })

  test('the worker knows the server and a grader key, and none of the server’s secrets', async () => {
    const started = await start({ GRADUS_ADMIN_EMAIL: 'admin@example.org', GRADUS_ADMIN_PASSWORD: 'correct horse battery' })
    const told = readFileSync(`/proc/${workerOf(started.pid)}/environ`, 'utf8').split('\0')
    expect(told.filter((entry) => /^GRADUS_(SERVER|GRADER_TOKEN|WORKERS)=/.test(entry))).toHaveLength(3)
    expect(told.filter((entry) => /^(DATABASE_URL|GRADUS_ADMIN_)/.test(entry))).toEqual([])
    const key = told.find((entry) => entry.startsWith('GRADUS_GRADER_TOKEN='))!.split('=')[1]!
    expect(started.stdout() + started.stderr()).not.toContain(key)
    started.child.kill('SIGTERM')
    await started.ended
  })

  test('a worker that dies is started again; one whose Gradus was killed ends by itself', async () => {
    const started = await start()
    const first = workerOf(started.pid)!
    process.kill(first, 'SIGKILL')
    await eventually('another worker', () => ![undefined, first].includes(workerOf(started.pid)))
    const second = workerOf(started.pid)!
    started.child.kill('SIGKILL')
    await started.ended
    await eventually('the worker ends', () => isGone(second))
  })

  test('a taken port and a bad setting end with one sentence and code 2', async () => {
    const started = await start({ GRADUS_WORKERS: '0', GRADUS_DEMO: 'off' })
    expect(started.stdout()).toContain('languages  none here: GRADUS_WORKERS is 0')
    const other = temporaryFolder()
    const second = runProcess('scripts/start.ts', { GRADUS_DATA: other.path, PORT: new URL(started.address).port })
    expect(await second.ended).toMatchObject({ code: 2 })
    expect(
      second
        .stderr()
        .split('\n')
        .filter((line) => line.startsWith('gradus: ')),
    ).toEqual([`gradus: Port ${new URL(started.address).port} is taken by another program. Stop that program, or set PORT to a free port.`])
    expect(findRunning(join(other.path, 'postgres'))).toBeNull()
    other.remove()
    const third = runProcess('scripts/start.ts', { GRADUS_WORKERS: 'many' })
    expect(await third.ended).toMatchObject({ code: 2 })
    expect(third.stderr()).toBe('gradus: GRADUS_WORKERS must be a whole number from 0 to 256.\n')
    started.child.kill('SIGTERM')
    await started.ended
  })
})
