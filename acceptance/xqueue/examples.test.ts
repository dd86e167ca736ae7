import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Installation, openInstallation } from './installation.ts'
import { Lms } from './peers/lms.ts'
import { hasPython } from './well-formed.ts'

/** The graders that the guide shows, as a reader would start them. */
const folder = join(import.meta.dirname, '../../docs/guide/examples')
let installation: Installation
let lms: Lms
beforeAll(async () => {
  lms = await Lms.open()
  installation = await openInstallation()
}, 240_000)
afterAll(async () => {
  await installation?.product.stop()
  await lms?.close()
})

describe.each([
  ['grader.py', 'python3', hasPython],
  ['grader.ts', process.execPath, true],
])('the example %s', (file, program, canRun) => {
  test('is short enough to be read', () => {
    expect(readFileSync(join(folder, file), 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(40)
  })

  test.skipIf(!canRun)('grades, and logs in again when its session ended', async () => {
    const queue = await installation.queue(`queue-of-${file}`)
    const account = await installation.grader(file, [queue])
    const student = (name: string): string => `${file}-${name}`
    const payload = '\n  {"expected": "4\u00b2 = 16"}\n'
    const handIn = (name: string, response: string) =>
      lms.submit(installation.base_url, account, { queue, student: student(name), response, payload })
    const child: ChildProcess = spawn(program, [join(folder, file), installation.base_url, queue, account.username])
    let printed = ''
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (chunk: Buffer) => {
        printed += chunk.toString()
      })
    child.stdin!.end(`${account.password}\n`)
    const resultOf = async (name: string) => {
      await expect.poll(() => [printed, lms.learnerOf(student(name)).applied.length], { timeout: 15_000 }).toEqual([expect.any(String), 1])
      const { correct, score, msg } = lms.learnerOf(student(name)).applied[0]!
      return { correct, score, msg }
    }
    try {
      await handIn('right', ' 4² = 16\n')
      expect(await resultOf('right')).toEqual({ correct: true, score: 1, msg: '<p>Right.</p>' })
      await handIn('wrong', '17')
      expect(await resultOf('wrong')).toEqual({ correct: false, score: 0, msg: '<p>Not yet.</p>' })

      const { graders } = await installation.api<{ graders: { id: string; username: string }[] }>('GET', '/api/graders')
      const { id } = graders.find(({ username }) => username === account.username)!
      for (const is_disabled of [true, false]) await installation.api('PATCH', `/api/graders/${id}`, { is_disabled })
      await handIn('later', '4² = 16')
      expect(await resultOf('later')).toMatchObject({ correct: true })
      expect(printed).not.toMatch(/Traceback|Error|login_required/)
    } finally {
      if (child.exitCode === null) {
        child.kill()
        await once(child, 'exit')
      }
    }
  })
})
