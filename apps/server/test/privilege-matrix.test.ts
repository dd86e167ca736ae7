import { api } from '@gradus/contract/api'
import type { Access, Endpoint, Permission } from '@gradus/contract/endpoint'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openServer } from '../src/http/serve.ts'
import { openTestServer, type Person, type TestServer } from './server.ts'
import { aWorld, enrol, type World } from './world.ts'

/**
 * Role x route x object (2.5 nos 1 and 2): generated from the contract, asked of the running server. The oracle below is written
 * apart from the guard on purpose: it is the table a teacher would draw.
 */
const actors = [
  'anonymous',
  'guest',
  'forged guest',
  'revoked session',
  'disabled user',
  'stranger',
  'creator elsewhere',
  'student',
  'other student',
  'ta',
  'teacher',
  'owner',
  'teacher of another course',
  'operator',
  'admin',
  'machine with grade',
  'machine with user',
  'machine with examiner',
  'machine with admin',
] as const
type ActorName = (typeof actors)[number]
/** Proves itself by its token or, a guest, by its cookie. */
type Caller = Person & { cookie?: string }

const staff: Permission[] = ['course.read', 'roster.read', 'work.submit', 'submissions.read_all', 'submissions.manage']
const everything: Permission[] = [...staff, 'course.edit', 'roster.edit']
const inCourse: Partial<Record<ActorName, Permission[]>> = {
  student: ['course.read', 'work.submit'],
  'other student': ['course.read', 'work.submit'],
  ta: staff,
  teacher: everything,
  owner: everything,
  admin: everything,
  'machine with admin': everything,
}
const people: ActorName[] = [
  'stranger',
  'creator elsewhere',
  'student',
  'other student',
  'ta',
  'teacher',
  'owner',
  'teacher of another course',
  'operator',
  'admin',
]

/** Who has no account, or none that counts. */
const nobody: ActorName[] = ['anonymous', 'guest', 'forged guest', 'revoked session', 'disabled user']

type Expected = 'pass' | 401 | 403 | 404

function expected(access: Access, actor: ActorName): Expected {
  if (access.who === 'anyone') return 'pass'
  if (nobody.includes(actor)) return 401
  if (access.who === 'grader') return actor === 'machine with grade' ? 'pass' : 403
  if (actor === 'machine with grade') return 403
  if (access.who === 'examiner') {
    if (access.object === undefined) return 'pass'
    // Candidates and who is in an exam are for those who see everybody's work.
    const held = actor === 'machine with examiner' ? everything : (inCourse[actor] ?? [])
    if (!held.includes('submissions.read_all')) return 404
    return access.permission === undefined || held.includes(access.permission) ? 'pass' : 403
  }
  if (actor === 'machine with examiner') return 403
  if (access.who === 'admin') return actor === 'admin' || actor === 'machine with admin' ? 'pass' : 403
  if (access.who === 'operator') return ['operator', 'admin', 'machine with admin'].includes(actor) ? 'pass' : 403
  if (access.who === 'signed_in') return people.includes(actor) ? 'pass' : 403
  if (access.who === 'creator') return ['creator elsewhere', 'owner', 'teacher of another course', 'admin'].includes(actor) ? 'pass' : 403
  const held = inCourse[actor] ?? []
  if (access.who === 'question') {
    if (actor === 'owner' || actor === 'admin' || actor === 'machine with admin') return 'pass'
    if (actor === 'ta' || actor === 'teacher') return access.right === 'read' ? 'pass' : 403
    return 404
  }
  if (access.who === 'own') {
    if (actor === 'student') return 'pass'
    return access.permission !== undefined && held.includes(access.permission) ? 'pass' : 404
  }
  if (!held.includes('course.read')) return access.strangers === 'forbidden' ? 403 : 404
  return held.includes(access.permission) ? 'pass' : 403
}

let server: TestServer
let base_url: string
beforeAll(async () => {
  server = await openTestServer()
  base_url = await server.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => server.close())

/** A guest of another, open course. */
async function aGuest(): Promise<Caller> {
  const guest = server.visitor()
  const teacher = await server.person({ is_creator: true })
  const open = await aWorld(server, teacher.id, (await server.person()).id)
  await server.db.updateTable('courses').set({ is_open_to_guests: true }).where('id', '=', open.course).execute()
  await guest.send('GET', `/api/courses/${open.course}`)
  return { id: '', email: '', token: '', cookie: `sll_anon=${guest.jar.get('sll_anon')}` }
}

async function aCast(): Promise<{ world: World; who: Record<ActorName, Caller | null> }> {
  const owner = await server.person({ display_name: 'Owner', is_creator: true })
  const student = await server.person({ display_name: 'Student' })
  const world = await aWorld(server, owner.id, student.id)
  const elsewhere = await server.person({ is_creator: true })
  const otherWorld = await aWorld(server, elsewhere.id, (await server.person()).id)
  await enrol(server, otherWorld, elsewhere, 'teacher')
  const make = async (role: 'ta' | 'teacher' | 'student'): Promise<Person> => {
    const person = await server.person()
    await enrol(server, world, person, role)
    return person
  }
  await enrol(server, world, owner, 'owner')
  const revoked = await make('teacher')
  await server.db.updateTable('sessions').set({ revoked_at: new Date().toISOString() }).where('principal_id', '=', revoked.id).execute()
  const disabled = await make('teacher')
  await server.db.updateTable('users').set({ disabled_at: new Date().toISOString() }).where('id', '=', disabled.id).execute()
  return {
    world,
    who: {
      anonymous: null,
      guest: await aGuest(),
      'forged guest': { id: '', email: '', token: '', cookie: 'sll_anon=42' },
      'revoked session': revoked,
      'disabled user': disabled,
      stranger: await server.person(),
      'creator elsewhere': await server.person({ is_creator: true }),
      student,
      'other student': await make('student'),
      ta: await make('ta'),
      teacher: await make('teacher'),
      owner,
      'teacher of another course': elsewhere,
      operator: await server.person({ is_operator: true }),
      admin: await server.person({ is_admin: true }),
      'machine with grade': await server.machine('grade'),
      'machine with user': await server.machine('user'),
      'machine with examiner': await server.machine('examiner'),
      'machine with admin': await server.machine('admin'),
    },
  }
}

function addressOf(endpoint: Endpoint, world: World): string {
  return endpoint.path.replace(/:(\w+)/g, (_, name: string) => {
    if (name === 'number') return '1'
    if (name === 'job_id') return world.grading_job
    if (name === 'queue_name') return world.queue
    if (name === 'serial') return world.serial
    if (name === 'code' || name === 'verification_code') return world[name]
    const id = (world as Record<string, string>)[name.replace(/_id$/, '')]
    if (id === undefined) throw new Error(`the world has nothing for :${name} of ${endpoint.path}`)
    return id
  })
}

/** What a body must say for the guard to know which object is meant. */
const namedIn = (access: Access, world: World): object =>
  access.who === 'course' && access.named_in === 'body' ? { [`${access.object}_id`]: world[access.object] } : {}

const verdictOf = (status: number, code: string): Expected => {
  if (status === 401 && code === 'sign_in_required') return 401
  if (status === 403 && ['forbidden', 'scope_missing', 'creator_required'].includes(code)) return 403
  if (status === 404 && code === 'not_found') return 404
  return 'pass'
}

/** Asks over a real socket and leaves as soon as the head and, for refusals, the body are there: streams never end by themselves. */
async function ask(endpoint: Endpoint, world: World, person: Caller | null): Promise<{ status: number; code: string }> {
  const leave = new AbortController()
  const response = await fetch(base_url + addressOf(endpoint, world), {
    method: endpoint.method,
    signal: leave.signal,
    headers: {
      ...(person === null
        ? {}
        : person.cookie === undefined
          ? { authorization: `Bearer ${person.token}` }
          : { cookie: person.cookie, origin: server.config.public_url! }),
      ...(endpoint.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    // Refused by every schema: what passes the guard stops at 400 where there is a body to check.
    ...(endpoint.body === undefined ? {} : { body: JSON.stringify({ not_a_field: true, ...namedIn(endpoint.access, world) }) }),
  })
  const isProblem = response.status >= 400 && response.headers.get('content-type')?.startsWith('application/json') === true
  const code = isProblem ? ((await response.json()) as { code: string }).code : ''
  leave.abort()
  return { status: response.status, code }
}

describe('every endpoint answers every role as its declared access says', () => {
  for (const [name, endpoint] of Object.entries(api)) {
    test(`${name}: ${endpoint.method} ${endpoint.path}`, async () => {
      // Calls without a body may change the world when they pass; then every actor meets a world of its own.
      const isHarmless = endpoint.method === 'GET' || endpoint.body !== undefined
      let cast = await aCast()
      for (const actor of actors) {
        const want = expected(endpoint.access, actor)
        const { status, code } = await ask(endpoint, cast.world, cast.who[actor])
        expect.soft({ actor, got: verdictOf(status, code) }, `${name}: ${status} ${code}`).toEqual({ actor, got: want })
        expect.soft(status, `${name} as ${actor}`).toBeLessThan(500)
        if (!isHarmless && want === 'pass') cast = await aCast()
      }
    })
  }
})

describe('in a course that is open to guests', () => {
  for (const [name, endpoint] of Object.entries(api)) {
    test(name, async () => {
      const isHarmless = endpoint.method === 'GET' || endpoint.body !== undefined
      const aScene = async () => {
        const cast = await aCast()
        await server.db.updateTable('courses').set({ is_open_to_guests: true }).where('id', '=', cast.world.course).execute()
        return cast
      }
      let cast = await aScene()
      const { access } = endpoint
      const guests = 'guests' in access && access.guests === true
      for (const actor of actors) {
        let want = expected(access, actor)
        // What guests may in the course itself, visitors of every kind may; what is somebody's own stays theirs.
        const visits = [...nobody, ...people].includes(actor)
        if (guests && access.who === 'course' && visits) want = 'pass'
        const { status, code } = await ask(endpoint, cast.world, cast.who[actor])
        expect.soft({ actor, got: verdictOf(status, code) }, `${name}: ${status} ${code}`).toEqual({ actor, got: want })
        expect.soft(status, `${name} as ${actor}`).toBeLessThan(500)
        if (!isHarmless && want === 'pass') cast = await aScene()
      }
    })
  }

  test('in a draft or an archived one a guest may nothing', async () => {
    const { world, who } = await aCast()
    for (const state of ['draft', 'archived']) {
      await server.db.updateTable('courses').set({ is_open_to_guests: true, state }).where('id', '=', world.course).execute()
      for (const actor of ['anonymous', 'guest', 'forged guest'] as const) expect((await ask(api.getCourse!, world, who[actor])).status).toBe(401)
      expect((await ask(api.getCourse!, world, who.stranger)).status).toBe(404)
    }
  })
})

describe('an object of another course is not there', () => {
  for (const [name, endpoint] of Object.entries(api)) {
    const { access } = endpoint
    if (!('object' in access) && access.who !== 'question') continue
    test(name, async () => {
      const mine = await aCast()
      const theirs = await aCast()
      for (const actor of ['student', 'ta', 'teacher', 'owner'] as const) {
        const { status, code } = await ask(endpoint, theirs.world, mine.who[actor])
        const told =
          access.who === 'course' && access.strangers === 'forbidden' ? { status: 403, code: 'forbidden' } : { status: 404, code: 'not_found' }
        expect.soft({ actor, status, code }, name).toEqual({ actor, ...told })
      }
    })
  }
})

describe('no address without a declaration', () => {
  test('every endpoint of the contract is on the air', () => {
    const missing = Object.entries(api).filter(([, e]) => !server.app.hasRoute({ method: e.method, url: e.path }))
    expect(missing.map(([name]) => name)).toEqual([])
  })
  test('a planted address without access is refused at mounting', async () => {
    const app = await openServer(server.config, pino({ level: 'silent' }), async () => {})
    expect(() => app.get('/api/planted', async () => 'open to the world')).toThrow(/declares no access/)
    await app.close()
  })
})
