import { createHash, randomBytes } from 'node:crypto'
import type { ObjectKind } from '@gradus/contract/endpoint'
import { newId } from '../src/db/id.ts'
import type { Person, TestServer } from './server.ts'

/** One object of every kind an address can name, all of one published course and owned as told. */
export type World = Record<ObjectKind, string> & { course_slug: string; queue: string; grader_account: string; serial: string }

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
  return { ...(ids as Record<ObjectKind, string>), user: learner, course_slug, queue, serial, grader_account: ids.grader_account! }
}

/** Puts a person into the world's course. */
export async function enrol(server: TestServer, world: World, person: Person, role: 'owner' | 'teacher' | 'ta' | 'student'): Promise<void> {
  await server.db.insertInto('enrolments').values({ id: newId(), course_id: world.course, user_id: person.id, role }).execute()
}
