import { setTimeout as sleep } from 'node:timers/promises'
import type { Product } from '../product.ts'

/** A hand-in as its learner sees it. */
export interface HandIn {
  state: string
  points: number | null
  points_possible: number | null
  progress: { outcome: { verdict: string; tests: { points: number; detail: { message_html?: string } }[] } | null }
}

/** A course with one question whose grader stands elsewhere, worth one point, and a learner in it. */
export interface Course {
  /** Hands code in; resolves with the hand-in's id. */
  handIn(code: string): Promise<string>
  look(submission_id: string): Promise<HandIn>
}

/** `grade` takes what the question's own trial puts into the queue, as the grader behind it would. */
export async function aCourse(product: Product, queue: string, grade: () => Promise<unknown>): Promise<Course> {
  const call = async <T = { id: string }>(
    token: string,
    method: string,
    path: string,
    body?: unknown,
    more: Record<string, string> = {},
  ): Promise<T> => {
    const response = await fetch(product.base_url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...more },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return (text === '' ? {} : JSON.parse(text)) as T
  }
  const teacher = await product.adminToken()
  const spec = {
    kind: 'external',
    queue,
    languages: { python: { starter: '', reference: 'right 1' } },
    tests: [{ key: 'external', name: 'by the grader of the department', points: 1, grader_payload: '{"grader": "toy.py"}' }],
  }
  const content = { title: 'Graded elsewhere', statement_markdown: 'Write `right`.', spec }
  const { id: question_id } = await call(teacher, 'POST', '/api/questions', { slug: 'elsewhere', content })
  let trial = await call<{ is_ready: boolean; content_sha256: string }>(teacher, 'POST', `/api/questions/${question_id}/try`)
  for (let tries = 0; !trial.is_ready && tries < 100; tries++) {
    await grade()
    await sleep(50)
    trial = await call(teacher, 'GET', `/api/questions/${question_id}/try`)
  }
  await call(teacher, 'POST', `/api/questions/${question_id}/publish`, { content_sha256: trial.content_sha256 })
  const { id: course_id } = await call(teacher, 'POST', '/api/courses', { slug: 'course', title: 'A course' })
  const { id: module_id } = await call(teacher, 'POST', `/api/courses/${course_id}/modules`, { title: 'One' })
  const step = { kind: 'assignment', title: 'Exercise', state: 'published' }
  const { assignment_id } = await call<{ assignment_id: string }>(teacher, 'POST', `/api/modules/${module_id}/steps`, step)
  const { id: placement_id } = await call(teacher, 'POST', `/api/assignments/${assignment_id}/questions`, { question_id })
  await call(teacher, 'PATCH', `/api/courses/${course_id}`, { state: 'published' })

  const account = { email: 'learner@example.org', password: 'a long enough password' }
  await call('', 'POST', '/api/auth/register', { ...account, display_name: 'Learner' })
  await call(teacher, 'POST', `/api/courses/${course_id}/people`, { email: account.email, role: 'student' })
  const { token } = await call<{ token: string }>('', 'POST', '/api/auth/cli_token', { ...account, label: 'acceptance' })
  let count = 0
  return {
    async handIn(code) {
      const key = { 'idempotency-key': `hand-in-${++count}` }
      const made = await call(token, 'POST', `/api/assignment-questions/${placement_id}/submissions`, { language: 'python', code }, key)
      return made.id
    },
    look: (submission_id) => call<HandIn>(token, 'GET', `/api/submissions/${submission_id}`),
  }
}
