import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/database.ts'
import { runProcess, startServer, stopProcess, temporaryFolder } from '../../test/process.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase(2)
})
afterAll(() => database.close())

async function admin(args: string[], env: Record<string, string> = { DATABASE_URL: database.url }) {
  const command = runProcess('apps/server/src/admin/main.ts', env, args)
  const { code } = await command.ended
  return { code, out: command.stdout(), err: command.stderr() }
}

describe('npm run admin', () => {
  test('--help lists every verb, and every verb has --json', async () => {
    const { code, out } = await admin(['--help'])
    expect(code).toBe(0)
    const verbs = [...out.matchAll(/^ {2}([a-z]+-?[a-z-]*) /gm)].map(([, name]) => name!)
    expect(verbs).toEqual(
      expect.arrayContaining([
        'create-user',
        'list-users',
        'set-password',
        'make-admin',
        'make-creator',
        'create-key',
        'list-keys',
        'revoke-key',
        'queues',
        'seed-demo',
      ]),
    )
    for (const name of verbs) expect((await admin([name, '--help'])).out, name).toContain('--json')
  })

  test('create-key prints the key alone, list-keys shows it, revoke-key ends it', async () => {
    const { code, out, err } = await admin(['create-key', '--name', 'ci', '--scopes', 'grade'])
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^gk_[A-Za-z0-9_-]{43}\n$/)
    const { keys } = JSON.parse((await admin(['list-keys', '--json'])).out) as { keys: { id: string; name: string; scopes: string[] }[] }
    expect(keys).toMatchObject([{ name: 'ci', scopes: ['grade'] }])
    expect((await admin(['revoke-key', keys[0]!.id])).code).toBe(0)
    expect(await admin(['revoke-key', keys[0]!.id])).toMatchObject({ code: 1, err: expect.stringContaining('There is nothing here') })
    expect(JSON.parse((await admin(['list-keys', '--json'])).out)).toEqual({ keys: [] })
  })

  test('accounts: made, given rights, a new password, switched off', async () => {
    const made = await admin(['create-user', '--email', 'Ann@example.org', '--name', 'Ann', '--creator', '--json'])
    expect(JSON.parse(made.out)).toMatchObject({
      email: 'Ann@example.org',
      is_creator: true,
      is_admin: false,
      password: expect.stringMatching(/^[a-z2-9-]{19}$/),
    })
    expect(await admin(['create-user', '--email', 'ann@example.org', '--name', 'Other'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('exists already'),
    })
    expect((await admin(['make-admin', 'ann@example.org'])).out).toBe('Ann@example.org: administrator, may create courses.\n')
    expect(await admin(['make-admin', 'ann@example.org', '--undo'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('Gradus needs an administrator'),
    })
    expect((await admin(['set-password', 'ann@example.org', '--password', 'orange zebra stripes'])).out).not.toContain('orange zebra stripes')
    expect((await admin(['create-key', '--name', 'ann', '--scopes', 'user', '--user', 'ann@example.org'])).out).toMatch(/^gk_/)
    await admin(['create-user', '--email', 'bob@example.org', '--name', 'Bob'])
    expect((await admin(['disable-user', 'bob@example.org'])).out).toBe('bob@example.org: disabled.\n')
    expect((await admin(['list-users', '--search', 'bob'])).out).toMatch(/bob@example\.org +Bob +disabled/)
  })

  test.each([
    [[], 2, /Usage:/],
    [['no-such-verb'], 2, /unknown command/],
    [['create-key', '--name', 'x'], 2, /required option/],
    [['create-key', '--name', 'x', '--scopes', 'everything'], 2, /everything is no scope/],
    [['create-user', '--email', 'nobody', '--name', 'x'], 2, /not an e-mail address/],
    [['create-user', '--email', 'x@example.org', '--name', 'x', '--password', 'short'], 2, /8 to 256 characters/],
    [['create-user', '--email', 'x@example.org', '--name', ' '], 2, /name/],
    [['revoke-key', 'abc'], 2, /not the id of a key/],
    [['set-password', 'nobody@example.org'], 1, /No account has this e-mail address/],
    [['create-key', '--name', 'x', '--scopes', 'admin', '--user', 'bob@example.org'], 1, /scope/],
  ])('%j ends with %i and one sentence', async (args, code, sentence) => {
    const ended = await admin(args)
    expect(ended).toMatchObject({ code, out: '' })
    expect(ended.err).toMatch(sentence)
    expect(ended.err).not.toMatch(/\n {4}at /)
  })

  test('works beside a running Gradus with an embedded database, and alone', async () => {
    const folder = temporaryFolder()
    const env = { GRADUS_DATA: folder.path }
    expect((await admin(['create-user', '--email', 'a@example.org', '--name', 'A'], env)).code).toBe(0)
    const server = await startServer(env)
    const listed = await admin(['list-users', '--json'], env)
    expect(JSON.parse(listed.out)).toMatchObject({ users: [{ email: 'a@example.org' }] })
    expect((await fetch(`${server.address}/readyz`)).status).toBe(200)
    await stopProcess(server)
    expect((await admin(['list-users'], env)).out).toContain('a@example.org')
    folder.remove()
  })
})
