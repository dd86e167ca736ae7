import type { Product } from '../product.ts'
import type { Fuzzing } from './run.ts'

const json = async (response: Response): Promise<Record<string, unknown>> => (await response.json()) as Record<string, unknown>

/**
 * What to fuzz a running product with: an administrator, a fresh student of the demo course and nobody, and ids of things that
 * exist, found through the API as a client would find them.
 */
export async function fuzzingOf(product: Product): Promise<Pick<Fuzzing, 'base_url' | 'tokens' | 'known'>> {
  const { base_url } = product
  const call = async (token: string | null, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> =>
    json(
      await fetch(base_url + path, {
        method,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
  const student = { email: `fuzz-${Date.now()}@example.org`, password: 'a long enough password' }
  await call(null, 'POST', '/api/auth/register', { ...student, display_name: 'Fuzz' })
  const studentToken = async (): Promise<string> => String((await call(null, 'POST', '/api/auth/cli_token', { ...student, label: 'fuzz' })).token)

  const admin = await product.adminToken()
  const users = (await call(admin, 'GET', '/api/admin/users?limit=50')).users as { id: string; email: string }[]
  const fuzzer = users.find((u) => u.email === student.email)!
  const course = await call(admin, 'GET', '/api/courses/first-steps')
  if (course.id === undefined) throw new Error('there is no demo course: start the product with GRADUS_DEMO=on')
  await call(admin, 'POST', `/api/courses/${course.id}/people`, { email: student.email, role: 'student' })
  const code = await call(admin, 'POST', `/api/courses/${course.id}/join-codes`, {})
  const modules = course.modules as { id: string; steps: { id: string; kind: string; assignment_id: string | null }[] }[]
  const steps = modules.flatMap((m) => m.steps)
  const assignment_ids = steps.flatMap((s) => (s.assignment_id === null ? [] : [s.assignment_id]))
  const assignment = await call(admin, 'GET', `/api/assignments/${assignment_ids[0]}`)
  const placed = assignment.questions as { id: string; question_id: string }[]
  const own = await studentToken()
  const keyed = { authorization: `Bearer ${own}`, 'content-type': 'application/json', 'idempotency-key': `fuzz-first-${Date.now()}` }
  const submission = await json(
    await fetch(`${base_url}/api/assignment-questions/${placed[0]!.id}/submissions`, {
      method: 'POST',
      headers: keyed,
      body: '{"language":"python","code":"print(1)"}',
    }),
  )
  const exam = await call(admin, 'POST', '/api/exams', { title: 'Fuzz' })
  const candidate = await call(admin, 'POST', `/api/exams/${exam.id}/candidates`, { nickname: 'fuzz', first_name: 'F', last_name: 'Z' })
  const promised = { sha256: 'a'.repeat(64), size_bytes: 1, filename: 'a' }
  const receipt = await call(null, 'POST', `/api/hand-in/${candidate.upload_code}/promise`, promised)
  const run = await call(own, 'POST', `/api/assignment-questions/${placed[0]!.id}/runs`, { language: 'python', code: 'print(1)' })
  return {
    base_url,
    // Sign-out calls are fuzzed too, and an administrator may disable or demote anyone: ask anew each time.
    tokens: async () => {
      const [administrator, learner] = [await product.adminToken(), await studentToken()]
      return [administrator, learner, administrator, learner, null, 'gs_forged', 'not a token']
    },
    known: {
      course_id: [String(course.id), String(course.slug)],
      module_id: modules.map((m) => m.id),
      step_id: steps.map((s) => s.id),
      assignment_id: assignment_ids,
      assignment_question_id: placed.map((q) => q.id),
      question_id: placed.map((q) => q.question_id),
      submission_id: [String(submission.id)],
      run_id: [String(run.id)],
      join_code_id: [String(code.id)],
      exam_id: [String(exam.id)],
      candidate_id: [String(candidate.id)],
      code: [String(candidate.upload_code)],
      verification_code: [String(receipt.verification_code)],
      // The fuzzer's own account, so that no request can disable the administrator it calls with.
      user_id: [fuzzer.id],
    },
  }
}
