import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ConfigError } from '../config.ts'
import { readBridgeConfig } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'gradus-bridge-'))
writeFileSync(join(folder, 'a-file'), '')
afterAll(() => rmSync(folder, { recursive: true }))

const env = { GRADUS_BRIDGE_USER: 'grader', GRADUS_BRIDGE_PASSWORD: 'the secret' }
const least = ['--server', 'http://xqueue.example.org', '--queue', 'org-course']

test('needs server, queue, user and password, and has defaults for the rest', async () => {
  const config = await readBridgeConfig({ args: least, env, is_terminal: false })
  expect(config).toMatchObject({
    server: 'http://xqueue.example.org/',
    queue: 'org-course',
    user: 'grader',
    password: 'the secret',
    basic_auth: null,
    poll_seconds: 1,
    lease_seconds: 60,
    questions: null,
    log_level: 'info',
  })
  expect(config!.slots).toBeGreaterThanOrEqual(1)
})

test('takes everything it is told; flags go before variables', async () => {
  const args = [...least, '--user', 'other', '--slots', '3', '--poll-seconds', '0.5', '--lease-seconds', '300', '--questions', folder]
  const config = await readBridgeConfig({ args, env: { ...env, GRADUS_BRIDGE_BASIC_AUTH: 'proxy:a:b', GRADUS_LOG: 'debug' }, is_terminal: true })
  expect(config).toMatchObject({
    user: 'other',
    slots: 3,
    poll_seconds: 0.5,
    lease_seconds: 300,
    questions: folder,
    basic_auth: 'proxy:a:b',
    log_level: 'debug',
    is_terminal: true,
  })
})

test.each([
  ['https://x.example.org/', 'https://x.example.org/'],
  ['https://x.example.org/xqueue', 'https://x.example.org/'],
  ['https://x.example.org/xqueue/', 'https://x.example.org/'],
  ['https://x.example.org:8443/lms', 'https://x.example.org:8443/lms/'],
  ['https://x.example.org/lms/xqueue/', 'https://x.example.org/lms/'],
])('understands the address %s', async (server, expected) => {
  expect((await readBridgeConfig({ args: ['--server', server, '--queue', 'q'], env }))?.server).toBe(expected)
})

test('takes the password from standard input where it is asked to, in place of the variable', async () => {
  const given = { args: [...least, '--password-stdin'], env, readPassword: async () => 'typed' }
  expect((await readBridgeConfig(given))?.password).toBe('typed')
  await expect(readBridgeConfig({ ...given, readPassword: async () => '' })).rejects.toThrow('GRADUS_BRIDGE_PASSWORD is missing')
})

test('is null for help, whatever else is missing', async () => {
  expect(await readBridgeConfig({ args: ['--help'], env: {} })).toBeNull()
})

test.each<[string[], Record<string, string>, string]>([
  [['--queue', 'q'], env, '--server is missing'],
  [['--server', 'xqueue.example.org', '--queue', 'q'], env, '--server must be an address'],
  [['--server', 'ftp://xqueue.example.org', '--queue', 'q'], env, '--server must be an address'],
  [['--server', 'http://x.example.org/?a=the%20secret', '--queue', 'q'], env, '--server must be an address'],
  [['--server', 'http://grader:the%20secret@x.example.org', '--queue', 'q'], env, '--server must be without user and password'],
  [least.slice(0, 2), env, '--queue is missing'],
  [[...least.slice(0, 2), '--queue', 'a\nb'], env, '--queue must be one line'],
  [least, { GRADUS_BRIDGE_PASSWORD: 'the secret' }, '--user is missing'],
  [least, { GRADUS_BRIDGE_USER: 'grader' }, 'GRADUS_BRIDGE_PASSWORD is missing'],
  [least, { ...env, GRADUS_BRIDGE_PASSWORD: 'the secret\nof two lines' }, 'the password must be one line'],
  [least, { ...env, GRADUS_BRIDGE_BASIC_AUTH: 'the secret' }, 'GRADUS_BRIDGE_BASIC_AUTH must be user:password'],
  [[...least, '--slots', '0'], env, '--slots must be a whole number from 1 to 256'],
  [[...least, '--slots', '1.5'], env, '--slots must be a whole number from 1 to 256'],
  [[...least, '--slots', 'many'], env, '--slots must be a whole number from 1 to 256'],
  [[...least, '--poll-seconds', '0'], env, '--poll-seconds must be a number from 0.1 to 3600'],
  [[...least, '--lease-seconds', '1'], env, '--lease-seconds must be a number from 5 to 86400'],
  [[...least, '--questions', join(folder, 'nowhere')], env, '--questions must be a folder'],
  [[...least, '--questions', join(folder, 'a-file')], env, '--questions must be a folder'],
  [least, { ...env, GRADUS_LOG: 'loud' }, 'GRADUS_LOG must be'],
  [[...least, '--password', 'the secret'], env, 'There is no --password'],
  [[...least, '--password=the secret'], env, 'There is no --password'],
  [[...least, '--colour'], env, "Unknown option '--colour'"],
  [[...least, '--slots'], env, '--slots'],
  [[...least, 'more'], env, "Unexpected argument 'more'"],
])('refuses %j with one sentence and no secret', async (args, given, sentence) => {
  const refusal = await readBridgeConfig({ args, env: given }).catch((error: unknown) => error as ConfigError)
  expect(refusal).toBeInstanceOf(ConfigError)
  const { message } = refusal as ConfigError
  expect(message).toContain(sentence)
  expect(message).toMatch(/[.]$/)
  expect(message).not.toContain('\n')
  expect(message).not.toContain('the secret')
  expect(message).not.toContain('the%20secret')
})
