import { createHash, randomBytes } from 'node:crypto'
import { newId } from '../src/db/id.ts'
import type { Person, TestServer } from './server.ts'

export interface CourseOptions {
  students?: number
  max_attempts?: number | null
  graded_attempt?: 'best' | 'latest' | 'first'
  opens_at?: string | null
  due_at?: string | null
  closes_at?: string | null
  points_override?: number | null
  languages?: string[]
  config?: { allowed_languages?: string[] }
  tests?: { key: string; points?: number; is_hidden?: boolean; time_ms?: number }[]
}

/** A published course with one placed question and people in it, made in plain SQL so that it depends on no verb under test. */
export interface Course {
  id: string
  step_id: string
  assignment_id: string
  aq: string
  version: string
  teacher: Person
  students: Person[]
}

export async function aCourse(server: TestServer, options: CourseOptions = {}): Promise<Course> {
  const { db } = server
  const { students = 1, languages = ['python'], tests = [{ key: 't1' }] } = options
  const teacher = await server.person({ display_name: 'Teacher' })
  const id = newId()
  const suffix = randomBytes(5).toString('hex')
  await db
    .insertInto('courses')
    .values({ id, slug: `course-${suffix}`, title: 'A course', state: 'published', created_by: teacher.id })
    .execute()
  const people: Person[] = []
  for (let i = 0; i < students; i++) people.push(await server.person({ display_name: `Student ${i}` }))
  await db
    .insertInto('enrolments')
    .values([
      { id: newId(), course_id: id, user_id: teacher.id, role: 'teacher' },
      ...people.map((person) => ({ id: newId(), course_id: id, user_id: person.id, role: 'student' })),
    ])
    .execute()
  const module_id = newId()
  await db.insertInto('modules').values({ id: module_id, course_id: id, position: 0, title: 'A module' }).execute()
  const step_id = newId()
  await db.insertInto('steps').values({ id: step_id, module_id, position: 0, kind: 'assignment', title: 'A step', state: 'published' }).execute()
  const assignment_id = newId()
  const { max_attempts = null, graded_attempt = 'best', opens_at = null, due_at = null, closes_at = null } = options
  await db.insertInto('assignments').values({ id: assignment_id, step_id, max_attempts, graded_attempt, opens_at, due_at, closes_at }).execute()
  const question_id = newId()
  await db
    .insertInto('questions')
    .values({ id: question_id, owner_id: teacher.id, slug: `question-${suffix}` })
    .execute()
  const part = { starter: '# begin', reference: 'print(1)', compiler_flags: [] }
  const version = newId()
  await db
    .insertInto('question_versions')
    .values({
      id: version,
      question_id,
      number: 1,
      kind: 'io',
      title: 'A question',
      spec: JSON.stringify({ comparator: { kind: 'exact' }, languages: Object.fromEntries(languages.map((language) => [language, part])) }),
      content_sha256: createHash('sha256').update(version).digest(),
    })
    .execute()
  await db
    .insertInto('test_cases')
    .values(
      tests.map(({ key, points = 1, is_hidden = false, time_ms = 1000 }, position) => ({
        ...{ id: newId(), question_version_id: version, key, position, name: `test ${key}`, points, is_hidden, time_ms },
        ...{
          memory_mb: 64,
          output_kb: 64,
          input: JSON.stringify({ stdin: `in ${key}` }),
          expected: JSON.stringify({ expected_stdout: `out ${key}` }),
        },
      })),
    )
    .execute()
  await db.updateTable('question_versions').set({ state: 'published', published_at: new Date().toISOString() }).where('id', '=', version).execute()
  const aq = newId()
  await db
    .insertInto('assignment_questions')
    .values({
      ...{ id: aq, assignment_id, position: 0, question_id, question_version_id: version },
      points_override: options.points_override ?? null,
      config: JSON.stringify(options.config ?? {}),
    })
    .execute()
  return { id, step_id, assignment_id, aq, version, teacher, students: people }
}
