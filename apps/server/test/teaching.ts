import * as courses from '@gradus/contract/courses'
import * as questions from '@gradus/contract/questions'
import type { Role } from '@gradus/contract/roster'
import { publishDraft } from '../src/courses/publish-draft.ts'
import { transact } from '../src/db/database.ts'
import { newId } from '../src/db/id.ts'
import { enrol } from '../src/roster/enrol.ts'
import type { Person, TestServer } from './server.ts'

/** A small valid question; `tests` gives points and whether hidden. */
export function aContent(title = 'Sum', tests: { points?: number; is_hidden?: boolean }[] = [{}, { points: 2, is_hidden: true }]) {
  return {
    title,
    statement_markdown: `# ${title}`,
    spec: {
      kind: 'io' as const,
      languages: { python: { starter: 'pass', reference: 'print(3)' }, c: { starter: '', reference: 'int main(){}' } },
      tests: tests.map((test, i) => ({
        key: `t${i + 1}`,
        name: `Test ${i + 1}`,
        stdin: `secret-in-${i}`,
        expected_stdout: `secret-out-${i}`,
        ...test,
      })),
    },
  }
}

/** Who teaches: makes courses, questions and placements through the API. */
export function teaching(server: TestServer, who: Person) {
  const by = { actor_id: who.id }
  return {
    async course(state: 'draft' | 'published' | 'archived' = 'published') {
      const made = await server.call(who, courses.createCourse, { body: { slug: `c-${newId().slice(-12)}`, title: 'A course' } })
      if (state !== 'draft') await server.call(who, courses.updateCourse, { params: { course_id: made.id }, body: { state } })
      return made.id
    },
    async module(course_id: string, title = 'A module') {
      return (await server.call(who, courses.createModule, { params: { course_id }, body: { title } })).id
    },
    async assignment(module_id: string, assignment: object = {}, state: 'draft' | 'published' = 'published') {
      const body = { kind: 'assignment' as const, title: 'An assignment', state, assignment }
      const step = await server.call(who, courses.createStep, { params: { module_id }, body })
      return { step_id: step.id, assignment_id: step.assignment_id! }
    },
    async material(module_id: string, body_markdown = 'Read.', state: 'draft' | 'published' = 'published') {
      const body = { kind: 'material' as const, title: 'A material', state, body_markdown }
      return (await server.call(who, courses.createStep, { params: { module_id }, body })).id
    },
    async question(content: ReturnType<typeof aContent> = aContent(), is_shared = false) {
      const body = { slug: `q-${newId().slice(-12)}`, is_shared, content }
      return server.call(who, questions.createQuestion, { body })
    },
    /** Publishes the present draft; the try is taken as passed. */
    async publish(question_id: string, content_sha256: string) {
      return transact(server.db, (tx) => publishDraft(tx, { question_id, content_sha256, proof: { content_sha256, is_ready: true } }, by))
    },
    async published(content: ReturnType<typeof aContent> = aContent(), is_shared = false) {
      const made = await this.question(content, is_shared)
      await this.publish(made.id, made.draft.content_sha256)
      return made.id
    },
    async place(assignment_id: string, question_id: string, more: object = {}) {
      return server.call(who, courses.placeQuestion, { params: { assignment_id }, body: { question_id, ...more } })
    },
    async enrol(course_id: string, person: Person, role: Role = 'student') {
      await transact(server.db, (tx) => enrol(tx, { course_id, user_id: person.id, role, how: 'added' }, by))
    },
  }
}
