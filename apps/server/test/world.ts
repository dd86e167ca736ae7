import { createHash, randomBytes } from 'node:crypto'
import type { ObjectKind } from '@gradus/contract/endpoint'
import { newId } from '../src/db/id.ts'
import type { Person, TestServer } from './server.ts'

/** One object of every kind an address can name, all of one published course and owned as told. */
export type World = Record<ObjectKind, string> & {
  course_slug: string
  queue: string
  grader_account: string
  serial: string
  code: string
  verification_code: string
}

/**
 * Makes a course with one of everything, in plain SQL so that it depends on no verb under test.
 * `teacher` owns course and question; `learner` owns submission, run, session and key.
 */
export async function aWorld(server: TestServer, teacher: string, learner: string): Promise<World> {
  const ids = Object.fromEntries(
    [
      'course',
      'module',
      'step',
      'assignment',
      'assignment_question',
      'question',
      'question_version',
      'test_case',
      'submission',
      'run',
      'join_code',
      'enrolment',
      'session',
      'api_key',
      'grading_job',
      'grader_account',
      'exam',
      'candidate',
    ].map((kind) => [kind, newId()]),
  ) as Record<string, string>
  const { db } = server
  const suffix = randomBytes(5).toString('hex')
  const course_slug = `course-${suffix}`
  await db.insertInto('courses').values({ id: ids.course!, slug: course_slug, title: 'A course', state: 'published', created_by: teacher }).execute()
  await db
    .insertInto('enrolments')
    .values([{ id: ids.enrolment!, course_id: ids.course!, user_id: learner, role: 'student' }])
    .execute()
  await db.insertInto('modules').values({ id: ids.module!, course_id: ids.course!, position: 0, title: 'A module' }).execute()
  await db
    .insertInto('steps')
    .values({ id: ids.step!, module_id: ids.module!, position: 0, kind: 'assignment', title: 'A step', state: 'published' })
    .execute()
  await db.insertInto('assignments').values({ id: ids.assignment!, step_id: ids.step! }).execute()
  await db
    .insertInto('questions')
    .values({ id: ids.question!, owner_id: teacher, slug: `question-${suffix}` })
    .execute()
  const content = { comparator: { kind: 'exact' }, languages: { python: { starter: '', reference: 'print(1)', compiler_flags: [] } } }
  await db
    .insertInto('question_versions')
    .values({
      id: ids.question_version!,
      question_id: ids.question!,
      number: 1,
      kind: 'io',
      title: 'A question',
      spec: JSON.stringify(content),
      content_sha256: randomBytes(32),
    })
    .execute()
  await db
    .insertInto('test_cases')
    .values({
      id: ids.test_case!,
      question_version_id: ids.question_version!,
      key: 't1',
      position: 0,
      name: 'prints one',
      points: 1,
      is_hidden: false,
      time_ms: 1000,
      memory_mb: 64,
      output_kb: 64,
      input: JSON.stringify({ stdin: '' }),
      expected: JSON.stringify({ expected_stdout: '1\n' }),
    })
    .execute()
  await db
    .updateTable('question_versions')
    .set({ state: 'published', published_at: new Date().toISOString() })
    .where('id', '=', ids.question_version!)
    .execute()
  await db
    .insertInto('assignment_questions')
    .values({
      id: ids.assignment_question!,
      assignment_id: ids.assignment!,
      position: 0,
      question_id: ids.question!,
      question_version_id: ids.question_version!,
    })
    .execute()
  const code = Buffer.from('print(1)')
  const sha = createHash('sha256').update(code).digest()
  await db.insertInto('attempt_counters').values({ principal_id: learner, assignment_question_id: ids.assignment_question!, attempts: 1 }).execute()
  await db
    .insertInto('submissions')
    .values({
      id: ids.submission!,
      principal_id: learner,
      assignment_question_id: ids.assignment_question!,
      question_version_id: ids.question_version!,
      course_id: ids.course!,
      attempt_number: 1,
      language: 'python',
      content: code,
      content_sha256: sha,
      is_late: false,
      idempotency_key: newId(),
      request_sha256: sha,
    })
    .execute()
  await db
    .insertInto('runs')
    .values({
      id: ids.run!,
      principal_id: learner,
      kind: 'visible_tests',
      place: 1,
      question_version_id: ids.question_version!,
      assignment_question_id: ids.assignment_question!,
      course_id: ids.course!,
      version_sha256: sha,
      language: 'python',
      content: code,
    })
    .execute()
  await db
    .insertInto('grading_jobs')
    .values(
      (['submission', 'run'] as const).map((kind, i) => ({
        ...{ id: kind === 'submission' ? ids.grading_job! : newId(), queue: 'gradus', kind, subject_id: ids[kind]!, share_id: ids.course! },
        ...{ principal_id: learner, needs: 'python', turn: i + 1, work_ms: 1000 },
      })),
    )
    .execute()
  await db
    .insertInto('join_codes')
    .values({ id: ids.join_code!, course_id: ids.course!, code: suffix.toUpperCase().slice(0, 6).padEnd(6, 'A'), created_by: teacher })
    .execute()
  await db
    .insertInto('sessions')
    .values({
      id: ids.session!,
      token_hash: randomBytes(32),
      principal_id: learner,
      kind: 'web',
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    })
    .execute()
  await db
    .insertInto('api_keys')
    .values({ id: ids.api_key!, key_hash: randomBytes(32), principal_id: learner, name: 'a key', scopes: ['user'] })
    .execute()
  const serial = randomBytes(8).toString('hex').toUpperCase()
  await db.insertInto('certificates').values({ serial, principal_id: learner, course_id: ids.course!, ratio: 1, step_count: 1 }).execute()
  const queue = `queue-${suffix}`
  await db.insertInto('queues').values({ name: queue, lease_seconds: 60, max_tries: 5 }).execute()
  await db.insertInto('principals').values({ id: ids.grader_account!, kind: 'grader' }).execute()
  await db
    .insertInto('grader_accounts')
    .values({ id: ids.grader_account!, username: `grader-${suffix}`, secret_hash: randomBytes(32) })
    .execute()
  await db.insertInto('grader_account_queues').values({ grader_account_id: ids.grader_account!, queue }).execute()
  const codes = await anExam(server, { ...(ids as Pick<World, 'exam' | 'candidate' | 'module'>), teacher })
  return { ...(ids as Record<ObjectKind, string>), user: learner, course_slug, queue, serial, grader_account: ids.grader_account!, ...codes }
}

/** Puts a person into the world's course. */
export async function enrol(server: TestServer, world: World, person: Person, role: 'owner' | 'teacher' | 'ta' | 'student'): Promise<void> {
  await server.db.insertInto('enrolments').values({ id: newId(), course_id: world.course, user_id: person.id, role }).execute()
}

/** An exam in the world's module, with one candidate. */
async function anExam(
  { db }: TestServer,
  { teacher, ...ids }: Pick<World, 'exam' | 'candidate' | 'module'> & { teacher: string },
): Promise<{ code: string; verification_code: string }> {
  const code = randomBytes(5).toString('hex').toUpperCase()
  const verification_code = randomBytes(13).toString('hex').toUpperCase().replace(/[01]/g, 'Z')
  const { exam: exam_id, candidate: candidate_id } = ids
  const [step_id, assignment_id, question_id, question_version_id, assignment_question_id] = Array.from({ length: 5 }, newId) as [
    string,
    string,
    string,
    string,
    string,
  ]
  await db.insertInto('steps').values({ id: step_id, module_id: ids.module, position: 1, kind: 'assignment', title: 'An exam' }).execute()
  await db.insertInto('assignments').values({ id: assignment_id, step_id, max_attempts: 5 }).execute()
  await db
    .insertInto('questions')
    .values({ id: question_id, owner_id: teacher, slug: `exam-${question_id.slice(-12)}` })
    .execute()
  await db
    .insertInto('question_versions')
    .values({
      ...{ id: question_version_id, question_id, number: 1, kind: 'file', title: 'An exam', content_sha256: randomBytes(32) },
      ...{ spec: JSON.stringify({ max_bytes: 1000, allowed_types: [], languages: {} }), state: 'published', published_at: new Date().toISOString() },
    })
    .execute()
  await db
    .insertInto('assignment_questions')
    .values({ id: assignment_question_id, assignment_id, position: 0, question_id, question_version_id })
    .execute()
  await db
    .insertInto('exams')
    .values({
      ...{ id: exam_id, assignment_id, assignment_question_id },
      ...{ retention_seconds: 259_200, hash_first_grace_seconds: 600 },
    })
    .execute()
  const sha256 = randomBytes(32)
  await db.insertInto('exam_log_entries').values({ exam_id, seq: 1, entry: '{}', sha256 }).execute()
  await db.insertInto('exam_logs').values({ exam_id, seq: 1, sha256 }).execute()
  await db.insertInto('principals').values({ id: candidate_id, kind: 'candidate' }).execute()
  await db.insertInto('candidates').values({ id: candidate_id, exam_id, nickname: 'ada', first_name: 'Ada', last_name: 'Lovelace' }).execute()
  await db.insertInto('upload_codes').values({ id: newId(), candidate_id, code }).execute()
  const now = new Date().toISOString()
  await db
    .insertInto('receipts')
    .values({
      ...{ id: newId(), code: verification_code, exam_id, candidate_id, log_seq: 1, issued_at: now },
      ...{ promised_sha256: sha256, promised_size_bytes: 1, promised_filename: 'a.pdf', bytes_until: now },
    })
    .execute()
  return { code, verification_code }
}
