import * as courses from '@gradus/contract/courses'
import { createToken, login } from '@gradus/contract/identity'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoCourse, demoQuestions } from '../../../../demo/course.ts'
import { openTestServer, type TestServer } from '../../test/server.ts'
import { rotateMachineKey } from './rotate-machine-key.ts'
import { seedDemo } from './seed-demo.ts'

const accounts = {
  teacher: { email: 'teacher@gradus.example', password: 'a teacher password' },
  student: { email: 'student@gradus.example', password: 'a student password' },
}
let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

describe('the demo course', () => {
  test('is put into an empty database once, published, with a teacher and a student in it', async () => {
    expect(await seedDemo(server.db, accounts)).toBe('seeded')
    expect(await seedDemo(server.db, accounts)).toBe('present')
    const { token, user_id } = await server.call(null, createToken, { body: { label: 'test', ...accounts.student } })
    const student = { id: user_id, email: accounts.student.email, token }
    const { courses: mine } = await server.call(student, courses.listCourses)
    expect(mine).toMatchObject([{ slug: demoCourse.slug, state: 'published', my_role: 'student' }])
    const outline = await server.call(student, courses.getCourse, { params: { course_id: demoCourse.slug } })
    expect(outline.modules.map((module) => module.steps.map((step) => step.title))).toEqual(
      demoCourse.modules.map((module) => module.steps.map((step) => step.title)),
    )
    const placed = demoCourse.modules
      .flatMap((module) => module.steps)
      .reduce((sum, step) => sum + (step.kind === 'assignment' ? step.questions.length : 0), 0)
    expect(outline.modules.flatMap((module) => module.steps).reduce((sum, step) => sum + step.question_count, 0)).toBe(placed)
    const published = await server.db.selectFrom('question_versions').select('id').where('state', '=', 'published').execute()
    expect(published).toHaveLength(demoQuestions.length)
  })

  test('its people can sign in with the passwords that were printed', async () => {
    for (const { email, password } of [accounts.teacher, accounts.student]) {
      expect(await server.call(null, login, { body: { email, password } })).toMatchObject({ email })
    }
  })

  test('a database with other people in it is left alone', async () => {
    const other = await openTestServer()
    await other.person()
    expect(await seedDemo(other.db, accounts)).toBe('not_empty')
    expect(await other.db.selectFrom('courses').select('id').execute()).toEqual([])
    await other.close()
  })
})

test('the key of a start replaces the key of the start before', async () => {
  const first = await rotateMachineKey(server.db, 'npm start on here', 'grade')
  const second = await rotateMachineKey(server.db, 'npm start on here', 'grade')
  await rotateMachineKey(server.db, 'npm start elsewhere', 'grade')
  expect(second).not.toBe(first)
  const live = await server.db.selectFrom('api_keys').select('name').where('revoked_at', 'is', null).orderBy('name').execute()
  expect(live.map((key) => key.name)).toEqual(['npm start elsewhere', 'npm start on here'])
})
