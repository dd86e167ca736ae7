import * as courses from '@gradus/contract/courses'
import * as api from '@gradus/contract/questions'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestServer, type Person, type TestServer } from '../../test/server.ts'
import { aContent, teaching } from '../../test/teaching.ts'
import { transact } from '../db/database.ts'
import { publishDraft } from './publish-draft.ts'
import { readDraft, readVersionContent } from './read-version.ts'

let server: TestServer
let teacher: Person
let t: ReturnType<typeof teaching>
beforeAll(async () => {
  server = await openTestServer({}, 20)
})
afterAll(() => server.close())
beforeEach(async () => {
  teacher = await server.person({ display_name: 'Tina', is_creator: true })
  t = teaching(server, teacher)
})

const url = (question_id: string, rest = '') => `/api/questions/${question_id}${rest}`
const codeOf = (answer: { json(): { code: string } }) => answer.json().code
const save = (question_id: string, content: unknown, base_sha256: string | null, who = teacher) =>
  server.send(who, 'PUT', url(question_id, '/draft'), { content, base_sha256 })
const publish = (question_id: string, content_sha256: string, proof = { content_sha256, is_ready: true }) =>
  transact(server.db, (tx) => publishDraft(tx, { question_id, content_sha256, proof }, { actor_id: teacher.id }))

describe('drafts', () => {
  test('a question starts as the draft of version 1 and reads back as it was written', async () => {
    const made = await t.question(aContent('Größe', [{ points: 0.1 }, { points: 0.2, is_hidden: true }]))
    expect(made).toMatchObject({ title: 'Größe', kind: 'io', latest_published: null, has_draft: true, is_mine: true, owner_name: 'Tina' })
    expect(made.draft).toMatchObject({
      number: 1,
      state: 'draft',
      points_possible: 0.3,
      test_count: 2,
      languages: ['python', 'c'],
      published_at: null,
    })
    expect(made.draft.content.spec.tests[0]).toEqual({
      ...{ key: 't1', name: 'Test 1', points: 0.1, is_hidden: false, time_ms: 2_000, memory_mb: 256, output_kb: 64 },
      ...{ stdin: 'secret-in-0', expected_stdout: 'secret-out-0' },
    })
    const read = await server.call(teacher, api.getQuestionVersion, { params: { question_id: made.id, number: 1 } })
    expect(read).toEqual(made.draft)
  })

  test('two of one owner cannot have one slug; two owners can', async () => {
    const body = { slug: 'sum', content: aContent() }
    await server.call(teacher, api.createQuestion, { body })
    expect(codeOf(await server.send(teacher, 'POST', '/api/questions', body))).toBe('slug_taken')
    expect((await server.send(await server.person({ is_creator: true }), 'POST', '/api/questions', body)).statusCode).toBe(201)
    expect(codeOf(await server.send(await server.person(), 'POST', '/api/questions', body))).toBe('creator_required')
  })

  test('saving replaces text and tests; a stale base overwrites nothing; a repeat after a lost answer succeeds', async () => {
    const { id, draft } = await t.question()
    const second = aContent('Second', [{}, {}, {}])
    const saved = await save(id, second, draft.content_sha256)
    expect([saved.statusCode, saved.json().title, saved.json().test_count, saved.json().id]).toEqual([200, 'Second', 3, draft.id])
    expect((await save(id, second, draft.content_sha256)).json().content_sha256).toBe(saved.json().content_sha256)
    for (const base of [draft.content_sha256, null, 'nonsense']) {
      const refused = await save(id, aContent('Third'), base)
      expect([refused.statusCode, codeOf(refused)]).toEqual([409, 'draft_changed'])
      expect(refused.json().details.content_sha256).toBe(saved.json().content_sha256)
    }
    expect((await readDraft(server.db, id)).content.title).toBe('Second')
  })

  test('of twenty who save different texts from one base at once, one wins and nineteen are told', async () => {
    const { id, draft } = await t.question()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => save(id, aContent(`Try ${i}`, Array(i + 1).fill({})), draft.content_sha256)),
    )
    const won = answers.filter((a) => a.statusCode === 200)
    expect(won).toHaveLength(1)
    expect(answers.filter((a) => a.statusCode === 409)).toHaveLength(19)
    const left = await readDraft(server.db, id)
    expect(left.content_sha256).toBe(won[0]!.json().content_sha256)
    expect(left.content).toEqual(won[0]!.json().content)
  })

  test('the hash is the same however the JSON is written', async () => {
    const { id, draft } = await t.question()
    const { title, statement_markdown, spec } = aContent()
    const turned = { spec: Object.fromEntries(Object.entries(spec).reverse()), statement_markdown, title }
    expect((await save(id, turned, draft.content_sha256)).json()).toMatchObject({
      content_sha256: draft.content_sha256,
      updated_at: draft.updated_at,
    })
  })

  test('what the database cannot hold is refused, not failed on', async () => {
    const content = {
      title: 'F',
      spec: { kind: 'function', function_name: 'f', languages: { python: {} }, tests: [{ key: 'a', name: 'a', args: ['\u0000'], expected: 1 }] },
    }
    expect((await server.send(teacher, 'POST', '/api/questions', { slug: 'nul', content })).statusCode).toBe(400)
    const wide = { ...aContent(), statement_markdown: 'ß€😀'.repeat(25_000) }
    expect(wide.statement_markdown.length).toBe(100_000)
    expect((await server.send(teacher, 'POST', '/api/questions', { slug: 'wide', content: wide })).statusCode).toBe(201)
  })
})

describe('publishing (R70)', () => {
  test('needs a try of exactly this content that is ready', async () => {
    const { id, draft } = await t.question()
    const sha = draft.content_sha256
    await expect(publish(id, sha, { content_sha256: sha, is_ready: false })).rejects.toMatchObject({ code: 'try_required' })
    await expect(publish(id, sha, { content_sha256: 'other', is_ready: true })).rejects.toMatchObject({ code: 'try_required' })
    await expect(publish(id, 'other')).rejects.toMatchObject({ code: 'draft_changed' })
    expect(await publish(id, sha)).toEqual({ version_id: draft.id, number: 1 })
    await expect(publish(id, 'other')).rejects.toMatchObject({ code: 'no_draft' })
  })

  test('ten at once make one version, one event, and all hear of it', async () => {
    const { id, draft } = await t.question()
    const answers = await Promise.all(Array.from({ length: 10 }, () => publish(id, draft.content_sha256)))
    expect(new Set(answers.map((a) => JSON.stringify(a))).size).toBe(1)
    const events = await server.db.selectFrom('audit_events').select('action').where('object_id', '=', id).orderBy('id').execute()
    expect(events.map((e) => e.action)).toEqual(['question.created', 'question.published'])
  })

  test('publishing and saving at once: the version that is published is the one that was tried', async () => {
    for (let round = 0; round < 8; round++) {
      const { id, draft } = await t.question()
      const [published] = await Promise.allSettled([publish(id, draft.content_sha256), save(id, aContent('Changed'), draft.content_sha256)])
      if (published!.status === 'fulfilled') {
        const { version_id } = published!.value as { version_id: string }
        expect((await readVersionContent(server.db, version_id)).content_sha256).toBe(draft.content_sha256)
      } else expect(published!.reason).toMatchObject({ code: 'draft_changed' })
    }
  })

  test('an edit makes the draft of the next version, starting from what is published', async () => {
    const { id, draft } = await t.question()
    await publish(id, draft.content_sha256)
    expect(codeOf(await save(id, aContent('Two'), 'stale'))).toBe('draft_changed')
    const two = await save(id, aContent('Two'), draft.content_sha256)
    expect([two.json().number, two.json().state]).toEqual([2, 'draft'])
    const read = await server.call(teacher, api.getQuestion, { params: { question_id: id } })
    expect(read.versions.map((v) => [v.number, v.state, v.title])).toEqual([
      [2, 'draft', 'Two'],
      [1, 'published', 'Sum'],
    ])
    expect(read).toMatchObject({ title: 'Two', latest_published: 1, has_draft: true })
  })

  test('the database refuses every change of a published version and its tests', async () => {
    const id = await t.published()
    const { db } = server
    const v = await db.selectFrom('question_versions').select('id').where('question_id', '=', id).executeTakeFirstOrThrow()
    const tests = await db.selectFrom('test_cases').selectAll().where('question_version_id', '=', v.id).execute()
    const attempts = [
      () => db.updateTable('question_versions').set({ title: 'x' }).where('id', '=', v.id).execute(),
      () => db.updateTable('question_versions').set({ state: 'draft', published_at: null }).where('id', '=', v.id).execute(),
      () => db.deleteFrom('question_versions').where('id', '=', v.id).execute(),
      () => db.updateTable('test_cases').set({ points: 9 }).where('id', '=', tests[0]!.id).execute(),
      () => db.deleteFrom('test_cases').where('id', '=', tests[0]!.id).execute(),
      () =>
        db
          .insertInto('test_cases')
          .values({ ...tests[0]!, id: crypto.randomUUID(), key: 'new', position: 9, input: '{}', expected: '{}' })
          .execute(),
    ]
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: '23001' })
    // Nor can a test wander over from a draft.
    const other = await t.question()
    const moved = db
      .updateTable('test_cases')
      .set({ question_version_id: v.id, key: 'm', position: 8 })
      .where('question_version_id', '=', other.draft.id)
    await expect(moved.where('key', '=', 't1').execute()).rejects.toMatchObject({ code: '23001' })
    expect(await db.selectFrom('test_cases').selectAll().where('question_version_id', '=', v.id).execute()).toEqual(tests)
  })
})

describe('who sees which questions', () => {
  test('strangers nothing; makers of courses what is shared and published; drafts only the owner', async () => {
    const [colleague, student] = [await server.person({ is_creator: true }), await server.person()]
    const draft = await t.question(aContent('Draft'), true)
    const own = await t.published(aContent('Private'))
    const shared = await t.published(aContent('Shared'), true)
    const seen = async (who: Person) => (await server.call(who, api.listQuestions, { query: { limit: 500 } })).questions.map((q) => q.id)
    expect(await seen(teacher)).toEqual([shared, own, draft.id])
    expect((await seen(colleague)).filter((id) => [draft.id, own, shared].includes(id))).toEqual([shared])
    expect(await seen(student)).toEqual([])
    for (const [who, id, status] of [
      [colleague, draft.id, 404],
      [colleague, own, 404],
      [colleague, shared, 200],
      [student, shared, 404],
    ] as const) {
      expect((await server.send(who, 'GET', url(id))).statusCode).toBe(status)
      expect((await server.send(who, 'GET', url(id, '/versions/1'))).statusCode).toBe(status)
    }
    expect((await save(shared, aContent('Mine now'), null, colleague)).statusCode).toBe(403)
    expect((await save(own, aContent('Mine now'), null, colleague)).statusCode).toBe(404)
    expect((await server.send(colleague, 'PATCH', url(shared), { is_shared: false })).statusCode).toBe(403)
    // A draft beside a published version stays its owner's.
    await save(
      shared,
      aContent('Next'),
      (await server.call(teacher, api.getQuestionVersion, { params: { question_id: shared, number: 1 } })).content_sha256,
    )
    const read = await server.call(colleague, api.getQuestion, { params: { question_id: shared } })
    expect([read.title, read.has_draft, read.versions.length, read.is_mine]).toEqual(['Shared', false, 1, false])
    expect((await server.send(colleague, 'GET', url(shared, '/versions/2'))).statusCode).toBe(404)
    await server.call(teacher, api.updateQuestion, { params: { question_id: shared }, body: { is_shared: false } })
    expect((await server.send(colleague, 'GET', url(shared))).statusCode).toBe(404)
  })

  test('staff of any course in which it is placed read it, in whichever of several they teach; students do not', async () => {
    const [ta, student, elsewhere] = [await server.person(), await server.person(), await server.person()]
    const question_id = await t.published(aContent('Placed'))
    const course_ids = [await t.course(), await t.course(), await t.course()]
    for (const course_id of course_ids) await t.place((await t.assignment(await t.module(course_id))).assignment_id, question_id)
    await t.enrol(course_ids[1]!, ta, 'ta')
    await t.enrol(course_ids[0]!, ta, 'student')
    await t.enrol(course_ids[1]!, student)
    await t.enrol(await t.course(), elsewhere, 'teacher')
    expect((await server.send(ta, 'GET', url(question_id))).statusCode).toBe(200)
    expect((await server.send(student, 'GET', url(question_id))).statusCode).toBe(404)
    expect((await server.send(elsewhere, 'GET', url(question_id))).statusCode).toBe(404)
    expect((await server.call(ta, api.listQuestions, { query: {} })).questions.map((q) => q.id)).toEqual([question_id])
    // Where it is placed is told of one's own courses only.
    const placed = async (who: Person) => (await server.call(who, api.getQuestion, { params: { question_id } })).placements.map((p) => p.course_id)
    expect(await placed(ta)).toEqual([course_ids[1]])
    expect((await placed(teacher)).toSorted()).toEqual(course_ids.toSorted())
    expect((await server.send(ta, 'PUT', url(question_id, '/draft'), { content: aContent(), base_sha256: null })).statusCode).toBe(403)
  })

  test('search finds part of a title or slug, in any case, with signs that mean something to SQL', async () => {
    await t.published(aContent('100 % Überraschung_1'))
    const found = async (search: string) => (await server.call(teacher, api.listQuestions, { query: { search } })).questions.length
    expect([await found('überr'), await found('0 % ü'), await found('_1'), await found('q-'), await found('%_%')]).toEqual([1, 1, 1, 1, 0])
  })
})

test('a pin keeps its version when the question moves on (R70)', async () => {
  const course_id = await t.course()
  const { assignment_id } = await t.assignment(await t.module(course_id))
  const { assignment_id: other } = await t.assignment(await t.module(course_id))
  const made = await t.question(aContent('One'))
  await t.publish(made.id, made.draft.content_sha256)
  const placed = await t.place(assignment_id, made.id)
  const two = await save(made.id, aContent('Two', [{ points: 7 }]), made.draft.content_sha256)
  await t.publish(made.id, two.json().content_sha256)
  const present = async () => (await server.call(teacher, courses.getAssignment, { params: { assignment_id } })).questions[0]
  expect(await present()).toMatchObject({ version_number: 1, latest_published: 2, title: 'One', points_possible: 3 })
  expect(await t.place(other, made.id)).toMatchObject({ version_number: 2, title: 'Two', points_possible: 7 })
  const moved = await server.call(teacher, courses.updatePlacement, { params: { assignment_question_id: placed.id }, body: { version_number: 2 } })
  expect(moved).toMatchObject({ version_number: 2, title: 'Two', points_possible: 7 })
  expect(await present()).toEqual(moved)
})
