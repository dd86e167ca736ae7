import { expect, test } from 'vitest'
import { ConfigError, readConfig } from './config.ts'

const token = 'gk_0123456789abcdef0123'

test('needs a key only, and has defaults for the rest', () => {
  const config = readConfig({ GRADUS_GRADER_TOKEN: token, GRADUS_SERVER: '' })
  expect(config).toMatchObject({ server: 'http://127.0.0.1:3000', token, log_level: 'info' })
  expect(config.slots).toBeGreaterThanOrEqual(1)
  expect(config.name).toMatch(new RegExp(`-${process.pid}$`))
})

test.each([
  [{}, 'GRADUS_GRADER_TOKEN'],
  [{ GRADUS_GRADER_TOKEN: 'with a space in the middle' }, 'GRADUS_GRADER_TOKEN'],
  [{ GRADUS_GRADER_TOKEN: token, GRADUS_SERVER: 'localhost:3000' }, 'GRADUS_SERVER'],
  [{ GRADUS_GRADER_TOKEN: token, GRADUS_WORKERS: '0' }, 'GRADUS_WORKERS'],
  [{ GRADUS_GRADER_TOKEN: token, GRADUS_WORKERS: 'two' }, 'GRADUS_WORKERS'],
  [{ GRADUS_GRADER_TOKEN: token, GRADUS_WORKERS: '1.5' }, 'GRADUS_WORKERS'],
  [{ GRADUS_GRADER_TOKEN: token, GRADUS_WORKER_NAME: 'x'.repeat(201) }, 'GRADUS_WORKER_NAME'],
  [{ GRADUS_GRADER_TOKEN: token, GRADUS_LOG: 'loud' }, 'GRADUS_LOG'],
])('refuses %j with one sentence that names the variable and no value', (env, name) => {
  const refusal = (() => {
    try {
      return readConfig(env)
    } catch (error) {
      return error as ConfigError
    }
  })()
  expect(refusal).toBeInstanceOf(ConfigError)
  const { message } = refusal as ConfigError
  expect(message.startsWith(`${name} `)).toBe(true)
  expect(message).toMatch(/[.]$/)
  expect(message).not.toContain('\n')
  expect(message).not.toContain('with a space in the middle')
})
