import { type Client, createClient } from '@gradus/client/client'
import { ApiProblem } from '@gradus/client/problem'
import { createToken, me, register, updateUser } from '@gradus/contract/identity'
import { createJoinCode, joinCourse } from '@gradus/contract/roster'
import { inParallel } from './in-parallel.ts'
import type { RunState } from './run-state.ts'

/** Calls of a replay outlast a restart of the server: about a minute of tries. */
const patient = { tries: 12, base_ms: 250, max_ms: 10_000 }

/** A caller with an account and a bearer token of its own; makes the account where there is none. */
async function accountOf(server: string, state: RunState, name: string): Promise<Client> {
  const email = `${name.replaceAll('_', '-')}.${state.run}@replay.example`
  const as = (token: string) => createClient({ base_url: server, token, retry: patient })
  const kept = state.token(email)
  if (kept !== undefined) return as(kept)
  const anyone = createClient({ base_url: server })
  const password = state.password(email)
  await anyone.call(register, { body: { email, password, display_name: name } }).catch((error: unknown) => {
    // An earlier try of this run made the account and died before it had the token.
    if (!(error instanceof ApiProblem && error.code === 'email_taken')) throw error
  })
  const { token } = await anyone.call(createToken, { body: { label: 'replay', email, password, ttl_days: 2 } })
  await state.keep(email, token)
  return as(token)
}

/** The account that owns course and questions, or null where the server does not know this run any more. */
export async function teacherOf(server: string, state: RunState, admin: Client): Promise<Client | null> {
  const teacher = await accountOf(server, state, 'teacher')
  const { user } = await teacher.call(me)
  if (user === null) return null
  await admin.call(updateUser, { params: { user_id: user.id }, body: { is_creator: true } })
  return teacher
}

/** Accounts for all students, in the course by its join code. */
export async function enrolStudents(
  server: string,
  state: RunState,
  teacher: Client,
  course_id: string,
  names: string[],
  onOne: (count: number) => void,
): Promise<Map<string, Client>> {
  const { code } = await teacher.call(createJoinCode, { params: { course_id }, body: {} })
  const students = new Map<string, Client>()
  await inParallel(4, names, async (name) => {
    const student = await accountOf(server, state, name)
    await student.call(joinCourse, { body: { code } })
    students.set(name, student)
    onOne(students.size)
  })
  return students
}
