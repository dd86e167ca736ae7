import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { examining } from '../../test/examining.ts'
import { runProcess, temporaryFolder } from '../../test/process.ts'
import { openTestServer, type TestServer } from '../../test/server.ts'

let server: TestServer
const folder = temporaryFolder()
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(async () => {
  await server.close()
  folder.remove()
})

async function admin(...args: string[]) {
  const command = runProcess('apps/server/src/admin/main.ts', { DATABASE_URL: server.url }, [...args, '--json'])
  const { code } = await command.ended
  const printed = command.stdout()
  return { code, said: command.stderr(), ...(printed === '' ? {} : (JSON.parse(printed) as Record<string, unknown>)) } as Record<string, unknown> & {
    code: number
    said: string
  }
}

test('an exam is made, filled from a file and listed', async () => {
  const made = await admin('create-exam', 'Algorithms', '--closes', '2999-01-01T00:00:00Z', '--types', 'pdf,zip', '--max-uploads', '3')
  expect(made).toMatchObject({ code: 0, title: 'Algorithms', max_uploads: 3, allowed_types: ['pdf', 'zip'], closes_at: '2999-01-01T00:00:00.000Z' })
  const file = join(folder.path, 'people.csv')
  writeFileSync(file, 'nickname,first_name,last_name\na,A,A\na,B,B\n')
  const wrong = await admin('import-candidates', String(made.id), file)
  expect(wrong).toMatchObject({ code: 1, is_committed: false, error_count: 1 })
  writeFileSync(file, 'nickname,first_name,last_name\na,A,A\nb,B,B\n')
  expect(await admin('import-candidates', String(made.id), file, '--dry-run')).toMatchObject({ code: 0, is_committed: false, row_count: 2 })
  expect(await admin('import-candidates', String(made.id), file)).toMatchObject({
    code: 0,
    is_committed: true,
    candidates: [{ nickname: 'a' }, { nickname: 'b' }],
  })
  expect(await admin('list-exams')).toMatchObject({ code: 0, exams: [{ title: 'Algorithms', totals: { candidate_count: 2 } }] })
})

test('files whose time is over are swept, also by another clock', async () => {
  const made = await admin('create-exam', 'Any number', '--max-uploads', 'any')
  expect(made).toMatchObject({ code: 0, max_uploads: null })
  const exam = await examining(server).exam()
  const { code } = await exam.candidate()
  const { body: receipt } = await exam.upload(code, Buffer.from('x'))
  const sweepIn = (hours: number) => admin('sweep-files', '--at', new Date(Date.parse(receipt.handed_in_at) + hours * 3_600_000).toISOString())
  expect(await admin('sweep-files')).toMatchObject({ code: 0, deleted: 0, warned: 0 })
  expect(await sweepIn(71)).toMatchObject({ code: 0, deleted: 0, warned: 1 })
  expect(await sweepIn(72)).toMatchObject({ code: 0, deleted: 1 })
  const { body } = await server.app.inject(`/api/receipts/${receipt.verification_code}`)
  expect(JSON.parse(body)).toMatchObject({ state: 'deleted' })
})

test.each([
  [['create-exam', 'x', '--max-uploads', 'many'], 'max_uploads'],
  [['create-exam', 'x', '--opens', 'tomorrow'], 'opens_at'],
  [['sweep-files', '--at', 'tomorrow'], '--at must be a time'],
  [['import-candidates', '00000000-0000-0000-0000-000000000000', '/nowhere'], 'cannot be read'],
])('%j is wrong use', async (args, said) => {
  expect(await admin(...args)).toMatchObject({ code: 2, said: expect.stringContaining(said) })
})
