import * as api from '@gradus/contract/exams'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { examining } from '../../test/examining.ts'
import { openTestServer, type TestServer } from '../../test/server.ts'
import { readCandidatesCsv } from './read-candidates-csv.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const head = 'nickname,first_name,last_name,email'
const rowsOf = (count: number): string => Array.from({ length: count }, (_, i) => `n${i},First ${i},Läst ${i},n${i}@example.org`).join('\r\n')

describe('candidates from CSV', () => {
  test('5,000 of them, with a byte order mark, all with codes of their own', async () => {
    const exam = await examining(server).exam()
    const params = { exam_id: exam.id }
    const csv = `\ufeff${head}\r\n${rowsOf(5_000)}\r\n`
    const dry = await server.call(exam.examiner, api.importCandidates, { params, body: { csv, is_dry_run: true } })
    expect([dry.is_committed, dry.row_count, dry.error_count, dry.candidates[0]!.upload_code]).toEqual([false, 5_000, 0, null])
    expect((await server.call(exam.examiner, api.getExam, { params })).totals.candidate_count).toBe(0)
    const began = performance.now()
    const made = await server.call(exam.examiner, api.importCandidates, { params, body: { csv } })
    expect(performance.now() - began).toBeLessThan(10_000)
    expect([made.is_committed, made.error_count]).toEqual([true, 0])
    expect(new Set(made.candidates.map((one) => one.upload_code)).size).toBe(5_000)
    expect(made.candidates[4_999]).toMatchObject({
      row: 5_000,
      nickname: 'n4999',
      last_name: 'Läst 4999',
      upload_code: expect.stringMatching(/^[A-Z2-9]{10}$/),
    })
    const again = await server.call(exam.examiner, api.importCandidates, { params, body: { csv } })
    expect([again.is_committed, again.error_count, again.errors.length]).toEqual([false, 10_000, 1_000])
    expect((await server.call(exam.examiner, api.getExam, { params })).totals.candidate_count).toBe(5_000)
    const board = await server.call(exam.examiner, api.getBoard, { params })
    expect(board.candidates).toHaveLength(5_000)
  })

  test('two bad rows of 300: both are named, nobody is added', async () => {
    const exam = await examining(server).exam()
    const lines = rowsOf(300).split('\r\n')
    lines[9] = 'n9,,Nobody,n9@example.org'
    lines[199] = 'n0,Twice,Nick,not-an-address'
    const { is_committed, errors } = await server.call(exam.examiner, api.importCandidates, {
      params: { exam_id: exam.id },
      body: { csv: [head, ...lines].join('\n') },
    })
    expect(is_committed).toBe(false)
    expect(errors.map(({ row, column, value, message }) => [row, column, value, message])).toEqual([
      [10, 'first_name', '', 'is missing'],
      [200, 'email', 'not-an-address', expect.any(String)],
      [200, 'nickname', 'n0', 'stands in row 1 already'],
    ])
    expect((await server.call(exam.examiner, api.listCandidates, { params: { exam_id: exam.id } })).candidates).toEqual([])
  })

  test('codes of the original go on where they are given', async () => {
    const exam = await examining(server).exam()
    const csv = 'Nickname;First name;Last-name;upload_code\na;A;A;7kq2 m9xb\nb;B;B;'
    const { candidates } = await server.call(exam.examiner, api.importCandidates, { params: { exam_id: exam.id }, body: { csv } })
    expect(candidates.map((one) => one.upload_code)).toEqual(['7KQ2M9XB', expect.stringMatching(/^[A-Z2-9]{10}$/)])
  })

  test.each([
    ['', 'has no head line'],
    ['nickname,first_name\na,b', 'is missing'],
    ['nickname,first_name,last_name,shoe_size\na,b,c,d', 'is no column of ours'],
    ['nickname,first_name,last_name,nickname\na,b,c,d', 'stands there twice'],
    ['nickname,first_name,last_name\n"a,b,c', 'is no CSV'],
    ['nickname,first_name,last_name\na,b,c,d', 'has 4 cells'],
    [`${'nickname,first_name,last_name\n'}${'a,b,c\n'.repeat(30)}`, 'has more than 20 candidates'],
  ])('%j: %s', (csv, message) => {
    expect(readCandidatesCsv(csv, 20).errors[0]!.message).toContain(message)
  })

  test('what goes out is no formula anywhere', async () => {
    const exam = await examining(server).exam()
    const evil = { nickname: '=1+1', first_name: '@SUM(A1)', last_name: ' +cmd|calc', email: null }
    const made = await server.call(exam.examiner, api.createCandidate, { params: { exam_id: exam.id }, body: evil })
    await exam.upload(made.upload_code, Buffer.from('x'), { filename: '-2+3".csv' })
    const csv = (await server.send(exam.examiner, 'GET', `/api/exams/${exam.id}/candidates.csv`)).body
    expect(csv).toContain(`"'=1+1","'@SUM(A1)","' +cmd|calc",""`)
    expect(csv).toContain(`"'-2+3`)
  })
})
