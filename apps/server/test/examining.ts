import { randomBytes } from 'node:crypto'
import type { Sent } from '@gradus/contract/endpoint'
import * as api from '@gradus/contract/exams'
import { newId } from '../src/db/id.ts'
import type { Person, TestServer } from './server.ts'

export interface UploadOptions {
  filename?: string
  type?: string
  /** The name of the part. */
  field?: string
  key?: string
}

const EDGE = 'gradus-test-boundary'

/** A multipart body with one file, as a browser sends it. */
export function multipart(bytes: Buffer, { filename = 'work.pdf', type = 'application/pdf', field = 'file' }: UploadOptions = {}): Buffer {
  const quoted = filename.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
  return Buffer.concat([
    Buffer.from(`--${EDGE}\r\nContent-Disposition: form-data; name="${field}"; filename="${quoted}"\r\nContent-Type: ${type}\r\n\r\n`),
    bytes,
    Buffer.from(`\r\n--${EDGE}--\r\n`),
  ])
}
export const multipartType = `multipart/form-data; boundary=${EDGE}`

type Receipt = import('@gradus/contract/endpoint').ReplyOf<typeof api.uploadFile> & { code: string }

/** Exams and their candidates, made through the API. */
export function examining(server: TestServer) {
  return {
    async exam(more: Partial<Sent<typeof api.createExam>['body']> = {}, examiner?: Person) {
      const who = examiner ?? (await server.machine('examiner'))
      const exam = await server.call(who, api.createExam, { body: { title: 'An exam', ...more } })
      return {
        ...exam,
        examiner: who,
        async candidate(nickname = newId().slice(-12)) {
          const body = { nickname, first_name: 'Ada', last_name: 'Lovelace', email: `${newId()}@example.org` }
          const made = await server.call(who, api.createCandidate, { params: { exam_id: exam.id }, body })
          return { ...made, code: made.upload_code }
        },
        async upload(code: string, bytes: Buffer, options: UploadOptions = {}): Promise<{ status: number; body: Receipt }> {
          const answer = await server.app.inject({
            method: 'POST',
            url: `/api/hand-in/${code}/files`,
            headers: { 'content-type': multipartType, 'idempotency-key': options.key ?? randomBytes(8).toString('hex') },
            payload: multipart(bytes, options),
          })
          return { status: answer.statusCode, body: answer.json() as Receipt }
        },
        /** How many blobs the store holds. */
        async blobs(): Promise<number> {
          let count = 0
          for await (const page of server.blobs.list({ older_than_seconds: -60 })) count += page.length
          return count
        },
        /** Keys that the outbox is told to remove. */
        async unused(): Promise<string[]> {
          const { rows } = await server.pool.query<{ payload: { object_key: string } }>(
            `select j.payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'blob_unused'`,
          )
          return rows.map((row) => row.payload.object_key)
        },
        /** How many of the blobs in the store the outbox is told to remove. */
        async waste(): Promise<number> {
          const unused = new Set(await this.unused())
          let count = 0
          for await (const page of server.blobs.list({ older_than_seconds: -60 })) count += page.filter((key) => unused.has(key)).length
          return count
        },
      }
    },
  }
}
