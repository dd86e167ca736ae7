import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { account, type Row, type XQueuePeer, xqueuePeer } from '../../test/xqueue-peer.ts'

let peer: XQueuePeer | undefined
let running: ChildProcess[] = []
const questions = mkdtempSync(join(tmpdir(), 'gradus-bridge-'))
afterEach(async () => {
  for (const one of running) one.kill('SIGKILL')
  running = []
  await peer?.goAway().catch(() => undefined)
  peer = undefined
})

/** The bridge as people start it, as a process of its own. */
function startBridge(args: string[] = [], env: Record<string, string> = {}, stdin = '') {
  const bridge = spawn(
    process.execPath,
    [
      join(import.meta.dirname, 'main.ts'),
      '--server',
      peer?.url ?? '',
      '--queue',
      'q',
      '--slots',
      '2',
      '--poll-seconds',
      '0.1',
      '--questions',
      questions,
      ...args,
    ],
    {
      env: {
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        GRADUS_BRIDGE_USER: account.user,
        GRADUS_BRIDGE_PASSWORD: account.password,
        ...env,
      },
    },
  )
  running.push(bridge)
  const said = { err: '', out: '' }
  bridge.stderr.on('data', (data) => {
    said.err += data
  })
  bridge.stdout.on('data', (data) => {
    said.out += data
  })
  bridge.stdin.end(stdin)
  const exit = once(bridge, 'exit').then(([code]) => code as number | null)
  return { bridge, said, exit }
}

const test_of = (i: number) => ({ key: `t${i}`, name: `Test ${i}`, stdin: `${i}\n`, expected_stdout: `${i}\n`, time_ms: 10_000 })
const exercise = (tests: number) => ({
  language: 'python',
  spec: { kind: 'io', languages: { python: {} }, tests: Array.from({ length: tests }, (_, i) => test_of(i)) },
})
const answered = (row: Row) => expect.poll(() => row.replies.length, { timeout: 40_000, interval: 20 }).toBe(1)
const handed = (row: Row) => expect.poll(() => row.deliveries, { timeout: 40_000, interval: 20 }).toBe(1)
const sleeping = 'import time\ntime.sleep(1.5)\nprint(input())\n'

test.each(['legacy', 'eds'] as const)('%s: grades Python in a sandbox, with the password from standard input', async (dialect) => {
  peer = await xqueuePeer(dialect)
  writeFileSync(join(questions, 'echo.json'), JSON.stringify(exercise(2)))
  const right = peer.add({ grader: 'echo.json' }, 'print(input())')
  const wrong = peer.add({ gradus: exercise(1) }, 'print("no")')
  const { said } = startBridge(['--password-stdin'], { GRADUS_BRIDGE_PASSWORD: '' }, `${account.password}\n`)
  await answered(right)
  await answered(wrong)
  expect(JSON.parse(right.replies[0]!)).toMatchObject({ correct: true, score: 2 })
  expect(JSON.parse(wrong.replies[0]!)).toMatchObject({ correct: false, score: 0 })
  expect(said.err).not.toContain(account.password)
})

test('on SIGTERM it finishes what is in hand, takes nothing new and ends with exit code 0', async () => {
  peer = await xqueuePeer('eds')
  const row = peer.add({ gradus: exercise(1) }, sleeping)
  const { bridge, exit, said } = startBridge(['--slots', '1'])
  await handed(row)
  bridge.kill('SIGTERM')
  await expect.poll(() => said.err).toContain('stopping')
  const never = peer.add({ gradus: exercise(1) }, sleeping)
  expect(await exit).toBe(0)
  expect(JSON.parse(row.replies[0]!)).toMatchObject({ correct: true, score: 1 })
  expect(never.deliveries).toBe(0)
})

test('a second SIGTERM lets go of the work at once', async () => {
  peer = await xqueuePeer('legacy')
  const row = peer.add({ gradus: exercise(50) }, sleeping)
  const { bridge, exit, said } = startBridge()
  await handed(row)
  bridge.kill('SIGTERM')
  await expect.poll(() => said.err).toContain('stopping')
  const began = performance.now()
  bridge.kill('SIGTERM')
  expect(await exit).toBe(0)
  expect(performance.now() - began).toBeLessThan(5_000)
  expect(row.replies).toEqual([])
})

test('stops in order also while the server is away', async () => {
  peer = await xqueuePeer('legacy')
  await peer.goAway()
  const { bridge, exit, said } = startBridge()
  await expect.poll(() => said.err, { timeout: 30_000 }).toContain('nothing can be taken')
  bridge.kill('SIGTERM')
  expect(await exit).toBe(0)
})

test.each<[string, string[], Record<string, string>, string]>([
  ['no password', [], { GRADUS_BRIDGE_PASSWORD: '' }, 'GRADUS_BRIDGE_PASSWORD is missing'],
  ['a password among the flags', ['--password', 'x'], {}, 'There is no --password'],
  ['a wrong address', ['--server', 'nowhere'], {}, '--server must be an address'],
  ['no such folder', ['--questions', join(questions, 'nowhere')], {}, '--questions must be a folder'],
  ['a wrong password', [], { GRADUS_BRIDGE_PASSWORD: 'wrong' }, 'does not let grader log in: Incorrect login credentials.'],
  ['an unknown queue', ['--queue', 'other'], {}, "has no queue other: Queue 'other' not found."],
])('ends with one sentence and exit code 2 on %s', async (_, args, env, sentence) => {
  peer = await xqueuePeer('legacy')
  const { exit, said } = startBridge(args, { GRADUS_LOG: 'silent', ...env })
  expect(await exit).toBe(2)
  expect(said.err).toContain(sentence)
  expect(said.err.trim().split('\n')).toHaveLength(1)
})

test('tells how it is used', async () => {
  peer = await xqueuePeer('legacy')
  const { exit, said } = startBridge(['--help'])
  expect(await exit).toBe(0)
  expect(said.out).toContain('--server URL --queue NAME')
  expect(peer.calls).toEqual([])
  rmSync(questions, { recursive: true })
})
