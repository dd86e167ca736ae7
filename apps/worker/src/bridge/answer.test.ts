import { pino } from 'pino'
import { expect, test } from 'vitest'
import { answer, type Held, type Means } from './answer.ts'
import { NoAnswer } from './exchange.ts'
import { readExercise } from './exercise.ts'
import { Refused, type XQueueClient } from './xqueue-client.ts'

const spec = { kind: 'io', languages: { python: {} }, tests: [{ key: 't1', name: 'One', stdin: '', expected_stdout: '' }] }
const body = JSON.stringify({ grader_payload: JSON.stringify({ gradus: { language: 'python', spec } }), student_response: 'x' })

/** Answers one submission through a client whose `put` the test writes. */
async function answerWith(put: (header: string, held: Held) => void, lease_ms = 5_000) {
  const held: Held = { delivery: { header: 'old', submission_id: '1', body, files: '' }, lease_end: performance.now() + lease_ms }
  const puts: string[] = []
  const client: XQueueClient = {
    take: async () => null,
    put: async (header) => {
      puts.push(header)
      put(header, held)
    },
    fetchFile: async () => Buffer.alloc(0),
    close: () => {},
  }
  const grade: Means['grade'] = async () => ({
    compile_output: '',
    sandbox: 'wasm',
    runtime: 'test',
    tests: [{ key: 't1', verdict: 'accepted', time_ms: 1, memory_kb: null, detail: {} }],
  })
  const is_answered = await answer(held, {
    client,
    grade,
    readExercise: (payload) => readExercise(payload, null),
    lacks: () => null,
    log: pino({ level: 'silent' }),
    signal: new AbortController().signal,
    onGraded: () => {},
    isNews: () => true,
  })
  return { puts, is_answered }
}

test('a result that is refused because the submission came to us again counts under the new key', async () => {
  const { puts, is_answered } = await answerWith((header, held) => {
    if (header === 'new') return
    held.delivery = { ...held.delivery, header: 'new' }
    throw new Refused('call', 200, 'Incorrect key for submission')
  })
  expect([puts, is_answered]).toEqual([['old', 'new'], true])
})

test('a result that is refused for another reason is not offered again', async () => {
  const { puts, is_answered } = await answerWith(() => {
    throw new Refused('call', 200, 'Submission does not exist')
  })
  expect([puts, is_answered]).toEqual([['old'], false])
})

test('a result is offered until the lease ends, and once where it has ended already', async () => {
  const never = () => {
    throw new NoAnswer('the connection broke')
  }
  const within = await answerWith(never, 1_500)
  expect(within.puts.length).toBeGreaterThan(1)
  expect(within.is_answered).toBe(false)
  expect((await answerWith(never, -1)).puts).toHaveLength(1)
})
