import { randomBytes } from 'node:crypto'
import * as api from '@gradus/contract/exams'
import { afterAll, beforeAll, expect, test } from 'vitest'
import yauzl from 'yauzl'
import { examining } from '../../test/examining.ts'
import { openTestServer, type TestServer } from '../../test/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

async function entriesOf(zip: Buffer): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>()
  const file = await new Promise<yauzl.ZipFile>((resolve, reject) =>
    yauzl.fromBuffer(zip, { lazyEntries: true, strictFileNames: true, validateEntrySizes: true }, (error, opened) =>
      error ? reject(error) : resolve(opened),
    ),
  )
  await new Promise<void>((resolve, reject) => {
    file.on('error', reject)
    file.on('end', resolve)
    file.on('entry', (entry: yauzl.Entry) => {
      file.openReadStream(entry, async (error, stream) => {
        if (error) return reject(error)
        found.set(entry.fileName, Buffer.concat(await stream.toArray()))
        file.readEntry()
      })
    })
    file.readEntry()
  })
  return found
}

test('the archive has the file that counts of each, under names that lead nowhere, and a list', async () => {
  const exam = await examining(server).exam()
  const names = ['a', '../b', 'CON', 'missing', 'A']
  const people = []
  for (const nickname of names) people.push(await exam.candidate(nickname))
  const bytes = names.map(() => randomBytes(100_000))
  await exam.upload(people[0]!.code, randomBytes(5))
  for (const i of [0, 1, 2, 4])
    expect((await exam.upload(people[i]!.code, bytes[i]!, { filename: i === 1 ? '/../../x.pdf' : 'work.pdf' })).status).toBe(201)
  const answer = await server.send(exam.examiner, 'GET', `/api/exams/${exam.id}/files.zip`)
  expect(answer.headers['content-disposition']).toContain('files.zip')
  const entries = await entriesOf(answer.rawPayload)
  expect([...entries.keys()].sort()).toEqual(['A-work.pdf', 'CON-work.pdf', 'a-work-2.pdf', 'b-x.pdf', 'list.csv'].sort())
  expect(entries.get('a-work-2.pdf')?.equals(bytes[0]!)).toBe(true)
  expect(entries.get('b-x.pdf')?.equals(bytes[1]!)).toBe(true)
  expect(entries.get('list.csv')!.toString()).toMatch(/"missing","Ada","Lovelace".*"missing"\r\n/)
})

test('slips: a tagged document with the code of each, 1,000 in a part', async () => {
  const exam = await examining(server).exam()
  const { id } = await exam.candidate('one')
  const csv = ['nickname,first_name,last_name', ...Array.from({ length: 1_005 }, (_, i) => `x${i},A,B`)].join('\n')
  await server.call(exam.examiner, api.importCandidates, { params: { exam_id: exam.id }, body: { csv } })
  const pages = async (query: string): Promise<number> => {
    const answer = await server.send(exam.examiner, 'GET', `/api/exams/${exam.id}/slips.pdf${query}`)
    expect(answer.statusCode, query).toBe(200)
    const text = answer.rawPayload.toString('latin1')
    expect(text).toMatch(/^%PDF-1\.7/)
    expect(text).toContain('/MarkInfo')
    return text.match(/\/Type \/Page\n/g)!.length
  }
  expect(await pages(`?candidate_id=${id}`)).toBe(1)
  expect(await pages('?part=2')).toBe(6)
  expect((await server.send(exam.examiner, 'GET', `/api/exams/${exam.id}/slips.pdf?part=3`)).statusCode).toBe(404)
})
