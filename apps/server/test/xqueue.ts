import type { LightMyRequestResponse } from 'fastify'
import { openQueue } from '../src/grading/open-queue.ts'
import { createGrader } from '../src/identity/create-grader.ts'
import type { Course } from './course.ts'
import type { TestServer } from './server.ts'

/** A client of the XQueue protocol with a session of its own. */
export interface XqueueClient {
  call(method: 'GET' | 'POST', path: string, fields?: Record<string, string>, headers?: Record<string, string>): Promise<LightMyRequestResponse>
  /** Return code and content of a call that answers with an envelope. */
  say(method: 'GET' | 'POST', path: string, fields?: Record<string, string>): Promise<[number, string | number]>
  pull(queue: string): Promise<{ header: string; body: string; files: Record<string, string>; id: number; key: string } | null>
  put(header: string, body: string): Promise<[number, string | number]>
  /** What its requests carry. */
  cookie(): string
}

const admin = { actor_id: null }
let count = 0

export async function aQueue(server: TestServer, settings: { lease_seconds?: number; max_deliveries?: number } = {}): Promise<string> {
  const { name } = await openQueue(server.db, { name: `queue-${++count}`, lease_seconds: 60, max_deliveries: 5, ...settings }, admin)
  return name
}

/** A grader or an LMS that has logged in. */
export async function anXqueueClient(
  server: TestServer,
  queues: string[],
  { strict_status = false } = {},
): Promise<XqueueClient & { username: string; id: string }> {
  const username = `client-${++count}`
  const { secret, id } = await createGrader(server.db, { username, queues, strict_status }, admin)
  let cookie = ''
  const call: XqueueClient['call'] = async (method, path, fields, headers = {}) => {
    const answer = await server.app.inject({
      method,
      url: `/xqueue/${path}`,
      headers: { cookie, ...(fields === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }), ...headers },
      ...(fields === undefined ? {} : { payload: new URLSearchParams(fields).toString() }),
    })
    const session = answer.cookies.find(({ name }) => name === 'sessionid')
    if (session !== undefined) cookie = `sessionid=${session.value}`
    return answer
  }
  const say: XqueueClient['say'] = async (...args) => {
    const { return_code, content } = (await call(...args)).json<{ return_code: number; content: string | number }>()
    return [return_code, content]
  }
  await say('POST', 'login/', { username, password: secret })
  return {
    username,
    id,
    call,
    say,
    cookie: () => cookie,
    async pull(queue) {
      const [code, content] = await say('GET', `get_submission/?queue_name=${encodeURIComponent(queue)}`)
      if (code !== 0) return null
      const { xqueue_header: header, xqueue_body: body, xqueue_files: files } = JSON.parse(String(content)) as Record<string, string>
      const { submission_id: id, submission_key: key } = JSON.parse(header!) as { submission_id: number; submission_key: string }
      return { header: header!, body: body!, files: JSON.parse(files!) as Record<string, string>, id, key }
    },
    put: (xqueue_header, xqueue_body) => say('POST', 'put_result/', { xqueue_header, xqueue_body }),
  }
}

/** Makes the one question of a course an external one of this queue, worth as many points. */
export async function gradeOutside(
  server: TestServer,
  course: Course,
  queue: string,
  { points = 1, payload = '{"grader": "x.py"}' } = {},
): Promise<void> {
  // Published versions never change; a test's world is made before anybody sees it.
  await server.pool.query('alter table question_versions disable trigger all; alter table test_cases disable trigger all')
  await server.pool.query(
    "update question_versions set kind = 'external', spec = (spec - 'comparator') || jsonb_build_object('queue', $2::text) where id = $1",
    [course.version, queue],
  )
  await server.pool.query(
    "update test_cases set points = $2, input = jsonb_build_object('grader_payload', $3::text), expected = '{}' where question_version_id = $1",
    [course.version, points, payload],
  )
  await server.pool.query('alter table question_versions enable trigger all; alter table test_cases enable trigger all')
}
