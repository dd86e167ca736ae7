import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sleep } from '@gradus/client/retry'
import { type ChosenSandboxes, openSandboxes } from '@gradus/sandbox/choose'
import { type GradingReport, gradeProgram } from '@gradus/sandbox/grade'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { account, type PeerOptions, type Row, type XQueuePeer, xqueuePeer } from '../../test/xqueue-peer.ts'
import { readExercise } from './exercise.ts'
import { type Bridge, type BridgeOptions, startBridge } from './loop.ts'
import type { Reply } from './reply.ts'
import { createXQueueClient } from './xqueue-client.ts'

let peers: XQueuePeer[] = []
let bridges: Bridge[] = []
afterEach(async () => {
  for (const bridge of bridges) bridge.abandon()
  await Promise.allSettled(bridges.map((bridge) => bridge.done))
  bridges = []
  await Promise.allSettled(peers.map((peer) => peer.goAway()))
  peers = []
})

async function peerOf(dialect: 'legacy' | 'eds', options: PeerOptions = {}): Promise<XQueuePeer> {
  const peer = await xqueuePeer(dialect, options)
  peers.push(peer)
  return peer
}

type Grade = BridgeOptions['grade']
/** Accepts every test after `ms`. */
const taking =
  (ms: number): Grade =>
  async ({ spec }, signal) => {
    await sleep(ms, signal)
    return accepted(spec.tests)
  }
const accepted = (tests: readonly { key: string }[]): GradingReport => ({
  compile_output: '',
  sandbox: 'wasm',
  runtime: 'test',
  tests: tests.map(({ key }) => ({ key, verdict: 'accepted', time_ms: 1, memory_kb: null, detail: {} })),
})

function work(peer: XQueuePeer, grade: Grade, options: Partial<BridgeOptions> & { questions?: string; password?: string; queue?: string } = {}) {
  const { questions = null, password = account.password, queue = 'q', ...rest } = options
  const lines: Record<string, unknown>[] = []
  const log = pino({ base: {} }, { write: (line: string) => lines.push(JSON.parse(line)) })
  const bridge = startBridge({
    connect: (signal) => createXQueueClient({ server: peer.url, queue, user: account.user, password, basic_auth: null, signal }),
    slots: 2,
    poll_ms: 20,
    lease_ms: 10_000,
    readExercise: (payload) => readExercise(payload, questions),
    lacks: () => null,
    grade,
    log,
    ...rest,
  })
  bridges.push(bridge)
  bridge.done.catch(() => undefined)
  return { ...bridge, lines, said: (words: string) => lines.filter((line) => String(line.msg).includes(words)) }
}

const payload = (tests = 1) => ({
  gradus: {
    language: 'python',
    spec: {
      kind: 'io',
      languages: { python: {}, c: {} },
      tests: Array.from({ length: tests }, (_, i) => ({
        key: `t${i}`,
        name: `Test ${i}`,
        points: 0.5,
        is_hidden: i > 0,
        stdin: `${i}\n`,
        expected_stdout: `${i}\n`,
        time_ms: 10_000,
      })),
    },
  },
})
const answered = (row: Row, ms = 20_000) => expect.poll(() => row.replies.length, { timeout: ms, interval: 10 }).toBeGreaterThan(0)
const replyOf = (row: Row): Reply => JSON.parse(row.replies[0]!) as Reply
const polls = async (peer: XQueuePeer, more: number) => {
  const from = peer.count('get_submission')
  await expect.poll(() => peer.count('get_submission'), { timeout: 10_000, interval: 5 }).toBeGreaterThanOrEqual(from + more)
}

describe.each(['legacy', 'eds'] as const)('%s', (dialect) => {
  describe('in a sandbox', () => {
    let sandboxes: ChosenSandboxes
    let questions: string
    beforeAll(async () => {
      sandboxes = await openSandboxes({ prefer: 'wasm', slots: 2 })
      questions = mkdtempSync(join(tmpdir(), 'gradus-bridge-'))
      writeFileSync(join(questions, 'echo.json'), JSON.stringify(payload(3).gradus))
    })
    afterAll(async () => {
      await sandboxes.close()
      rmSync(questions, { recursive: true })
    })

    test('grades Python end to end: right, wrong, broken and unreadable programs', async () => {
      const peer = await peerOf(dialect)
      const right = peer.add({ grader: 'echo.json' }, 'print(input())')
      const half = peer.add(payload(2), 'input()\nprint(0)')
      const broken = peer.add(payload(1), 'raise ValueError("<no>")')
      const unreadable = peer.add(payload(1), 'print(')
      const { said } = work(peer, (job, signal) => gradeProgram(sandboxes, job, { signal }), { questions })
      for (const row of [right, half, broken, unreadable]) await answered(row, 60_000)
      expect(replyOf(right)).toMatchObject({ correct: true, score: 1.5, msg: expect.stringContaining('Hidden tests: 2 of 2 accepted.') })
      expect(replyOf(half)).toMatchObject({ correct: false, score: 0.5, msg: expect.stringContaining('1 of 2 tests accepted: 0.5 of 1 point.') })
      expect(replyOf(broken)).toMatchObject({ correct: false, score: 0, msg: expect.stringContaining('<code>ValueError: &lt;no&gt;</code>') })
      expect(replyOf(unreadable)).toMatchObject({ correct: false, score: 0, msg: expect.stringContaining('SyntaxError') })
      await expect.poll(() => said('graded')).toHaveLength(4)
    })
  })

  test('grades as many at once as it has slots, each once', async () => {
    const peer = await peerOf(dialect)
    const rows = Array.from({ length: 12 }, (_, i) => peer.add(payload(), String(i)))
    let running = 0
    let most = 0
    const codes: string[] = []
    work(
      peer,
      async (job, signal) => {
        codes.push(Buffer.from(job.code).toString())
        most = Math.max(most, ++running)
        const report = await taking(20)(job, signal)
        running--
        return report
      },
      { slots: 3 },
    )
    for (const row of rows) await answered(row)
    expect(most).toBe(3)
    expect(codes.toSorted((a, b) => Number(a) - Number(b))).toEqual(rows.map((_, i) => String(i)))
    expect(rows.map((row) => [row.deliveries, row.replies.length])).toEqual(rows.map(() => [1, 1]))
    expect([peer.count('login'), peer.count('put_result')]).toEqual([1, 12])
  })

  test('a wrong payload costs no learner anything, is told once, and holds nobody up', async () => {
    const peer = await peerOf(dialect)
    const wrong = Array.from({ length: 5 }, () => peer.add('{"grader": "../secret.json"}', 'print(1)'))
    const other = peer.add('not json', 'print(1)')
    const torn = peer.addBody('not json either')
    const right = peer.add(payload(), 'print(1)')
    const { said } = work(peer, taking(1), { poll_ms: 60_000 })
    await answered(right, 2_000)
    expect([...wrong, other, torn].map((row) => row.replies)).toEqual(Array(7).fill([]))
    expect(said('until its author changes it').map((line) => [line.level, line.reason])).toEqual([
      [50, 'the payload names the file "../secret.json", but the bridge was started without --questions'],
      [50, 'the payload is not JSON'],
      [50, 'the xqueue_body is not what an XQueue server sends'],
    ])
    expect(peer.count('put_result')).toBe(1)
  })

  test('what our own grading fails at is not answered: an error, an internal error, a missing language', async () => {
    const peer = await peerOf(dialect)
    const [thrown, internal, foreign, right] = ['thrown', 'internal', 'foreign', 'right'].map((name) =>
      peer.add({ gradus: { ...payload().gradus, language: name === 'foreign' ? 'c' : 'python' } }, name),
    ) as [Row, Row, Row, Row]
    const { lines } = work(
      peer,
      async (job, signal) => {
        const code = Buffer.from(job.code).toString()
        if (code === 'thrown') throw new Error('no box')
        const report = await taking(1)(job, signal)
        if (code === 'internal') Object.assign(report.tests[0]!, { verdict: 'internal_error', detail: { message: 'the checker failed' } })
        return report
      },
      { lacks: (language) => (language === 'c' ? 'gcc is not installed' : null) },
    )
    await answered(right)
    await expect.poll(() => lines.filter((line) => line.level === 50)).toHaveLength(3)
    expect([thrown, internal, foreign].map((row) => row.replies)).toEqual([[], [], []])
    expect(lines.filter((line) => line.level === 50).map((line) => line.reason)).toEqual(
      expect.arrayContaining(['no box', 'the checker failed', 'gcc is not installed']),
    )
    expect(peer.count('put_result')).toBe(1)
  })

  test('a result whose answers get lost is offered again until one arrives', async () => {
    const peer = await peerOf(dialect)
    const row = peer.add(payload(), 'x')
    peer.loseAnswers(2)
    const { lines } = work(peer, taking(1))
    // The newer server cannot take a result twice and says so with an error of its own.
    const [words, puts] = dialect === 'legacy' ? ['graded', 3] : ['the queue refused the result', 3]
    await expect.poll(() => lines.some((line) => String(line.msg).includes(words)), { timeout: 10_000 }).toBe(true)
    expect(peer.count('put_result')).toBe(puts)
    expect(new Set(row.replies).size).toBe(1)
    expect(row.is_retired).toBe(true)
  })

  test('a refused result is told and not offered again', async () => {
    const peer = await peerOf(dialect)
    const row = peer.add(payload(), 'x')
    const { said } = work(peer, async (job, signal) => {
      row.key = 'another grader has it'
      return await taking(1)(job, signal)
    })
    await expect.poll(() => said('refused'), { timeout: 5_000 }).toHaveLength(1)
    expect(said('refused')[0]).toMatchObject({ level: 50, submission_id: '1', reason: expect.stringContaining('Incorrect key') })
    await polls(peer, 5)
    expect([peer.count('put_result'), peer.count('login'), row.replies]).toEqual([1, 1, []])
  })

  test('waits for a server that is not there yet, and for one that restarts while a submission is graded', async () => {
    const peer = await peerOf(dialect)
    await peer.goAway()
    const { said } = work(peer, taking(600))
    await sleep(1_200)
    expect(said('nothing can be taken')).toHaveLength(1)
    await peer.comeBack()
    const row = peer.add(payload(), 'x')
    await expect.poll(() => row.deliveries, { timeout: 10_000 }).toBe(1)
    expect(said('the queue is back')).toHaveLength(1)
    await peer.goAway()
    peer.forgetSessions()
    await sleep(1_000)
    expect(row.replies).toEqual([])
    await peer.comeBack()
    await answered(row)
    await expect.poll(() => said('the queue is back'), { timeout: 10_000 }).toHaveLength(2)
    expect([row.deliveries, said('nothing can be taken').length]).toEqual([1, 2])
  })

  test('does not offer a result beyond its lease, and grades anew what it gets again', async () => {
    const peer = await peerOf(dialect, { visible_after_ms: 1_500 })
    const row = peer.add(payload(), 'x')
    const { said } = work(peer, taking(50), { lease_ms: 700 })
    await expect.poll(() => row.deliveries, { timeout: 5_000, interval: 5 }).toBe(1)
    await peer.goAway()
    await expect.poll(() => said('not answered'), { timeout: 5_000 }).toHaveLength(1)
    await peer.comeBack()
    if (dialect === 'legacy') {
      await answered(row)
      expect(row.deliveries).toBe(2)
    } else {
      // Under its old key it would come with every call from now on.
      await polls(peer, 20)
      expect(said('not answered')).toHaveLength(1)
    }
  })

  test('takes the file where nothing was typed', async () => {
    const peer = await peerOf(dialect)
    const bytes = Buffer.from([0x23, 0xff, 0x0a])
    peer.files.set('/media/a.py', bytes)
    peer.files.set('/media/large.py', Buffer.alloc(1_048_577, 0x20))
    const one = peer.add(payload(), '', { 'a.py': 'media/a.py' })
    const typed = peer.add(payload(), 'typed', { 'a.py': 'media/a.py' })
    const large = peer.add(payload(), '', { 'large.py': `${peer.origin}/media/large.py` })
    const two = peer.add(payload(), '', { 'a.py': 'media/a.py', 'b.py': 'media/a.py' })
    const gone = peer.add(payload(), '', { 'gone.py': 'media/gone.py' })
    const empty = peer.add(payload(), '')
    const codes: string[] = []
    const { said } = work(peer, async (job, signal) => {
      codes.push(Buffer.from(job.code).toString('hex'))
      return await taking(1)(job, signal)
    })
    for (const row of [one, typed, large, empty]) await answered(row)
    expect(codes.toSorted()).toEqual(['', bytes.toString('hex'), Buffer.from('typed').toString('hex')].toSorted())
    expect(replyOf(large)).toMatchObject({ correct: false, score: 0, msg: expect.stringContaining('larger than 1 MB') })
    await expect.poll(() => said('not answered')).toHaveLength(2)
    expect([two.replies, gone.replies]).toEqual([[], []])
  })

  test('logs neither code, payload, keys nor password', async () => {
    const peer = await peerOf(dialect)
    const good = peer.add(payload(), 'secret_code')
    peer.add(JSON.stringify({ gradus: { secret_payload: 1 } }), 'secret_code')
    const { lines } = work(peer, taking(1))
    await answered(good)
    await expect.poll(() => lines.length).toBeGreaterThanOrEqual(2)
    const text = JSON.stringify(lines)
    expect(text).toContain('graded')
    for (const secret of ['secret_code', good.key!, account.password, 'expected_stdout']) expect(text).not.toContain(secret)
  })

  test('when stopped it takes nothing new and finishes what is in hand', async () => {
    const peer = await peerOf(dialect)
    const row = peer.add(payload(), 'x')
    // One slot: while it is taken no call is under way that could still bring something.
    const { stop, done } = work(peer, taking(400), { slots: 1 })
    await expect.poll(() => row.deliveries, { interval: 5 }).toBe(1)
    stop()
    const never = peer.add(payload(), 'y')
    await done
    expect([row.replies.length, never.deliveries]).toEqual([1, 0])
  })

  test('when stopped while it asks, it still grades what it is given', async () => {
    const peer = await peerOf(dialect)
    const { stop, done } = work(peer, taking(1))
    await polls(peer, 2)
    peer.slowDown(150)
    const row = peer.add(payload(), 'x')
    await expect.poll(() => row.deliveries, { interval: 1 }).toBe(1)
    stop()
    await done
    expect(row.replies).toHaveLength(1)
  })

  test('lets go of what takes longer than the grace time', async () => {
    const peer = await peerOf(dialect)
    const row = peer.add(payload(), 'x')
    const { stop, done, said } = work(peer, taking(60_000), { grace_ms: 200 })
    await expect.poll(() => row.deliveries, { interval: 5 }).toBe(1)
    const began = performance.now()
    stop()
    await done
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(said('let go')).toHaveLength(1)
    expect(row.replies).toEqual([])
  })

  test('ends where the account is refused, and goes on where a call is refused later', async () => {
    const peer = await peerOf(dialect)
    await expect(work(peer, taking(1), { password: 'wrong' }).done).rejects.toMatchObject({ about: 'login' })
    const barred = await peerOf(dialect, { lacks_group: true })
    await expect(work(barred, taking(1)).done).rejects.toMatchObject({ about: 'rights' })
    const { said } = work(peer, taking(1))
    await polls(peer, 3)
    peer.force(404, 200)
    await expect.poll(() => said('nothing can be taken')).toHaveLength(1)
    const row = peer.add(payload(), 'x')
    await answered(row)
  })
})

test('a queue that the older server does not know ends it at once', async () => {
  await expect(work(await peerOf('legacy'), taking(1), { queue: 'nowhere' }).done).rejects.toMatchObject({ about: 'queue' })
})

test('legacy: graded longer than its lease and handed out again meanwhile, it is graded once and counts under the new key', async () => {
  const peer = await peerOf('legacy', { visible_after_ms: 150 })
  const row = peer.add(payload(), 'x')
  let gradings = 0
  const { said } = work(peer, async (job, signal) => {
    gradings++
    return await taking(700)(job, signal)
  })
  await answered(row)
  expect(row.deliveries).toBeGreaterThan(2)
  expect([gradings, peer.count('put_result'), said('refused').length]).toEqual([1, 1, 0])
})

test('eds: a submission that cannot be graded comes with every call, and is neither graded nor told again', async () => {
  const peer = await peerOf('eds', { visible_after_ms: 50 })
  const poison = peer.add(payload(), 'poison')
  let gradings = 0
  const { said } = work(peer, async () => {
    gradings++
    throw new Error('no box')
  })
  await expect.poll(() => poison.deliveries, { timeout: 10_000 }).toBeGreaterThan(10)
  const calls = peer.count('get_submission')
  await sleep(400)
  expect(peer.count('get_submission') - calls).toBeLessThanOrEqual(22)
  expect([gradings, said('not answered').length]).toEqual([1, 1])
})

test('legacy without a delay: a submission that cannot be graded does not keep bridge and server busy', async () => {
  const peer = await peerOf('legacy', { visible_after_ms: 0 })
  const poison = peer.add(payload(), 'poison')
  work(peer, async () => {
    throw new Error('no box')
  })
  await expect.poll(() => poison.deliveries, { timeout: 10_000 }).toBeGreaterThan(2)
  const calls = peer.count('get_submission')
  await sleep(400)
  expect(peer.count('get_submission') - calls).toBeLessThanOrEqual(22)
})
