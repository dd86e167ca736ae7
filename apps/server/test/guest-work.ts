import { sql } from 'kysely'
import { expect } from 'vitest'
import { newId } from '../src/db/id.ts'
import { aGrader, reportOf } from './grader.ts'
import type { TestServer, Visitor } from './server.ts'
import { aContent, teaching } from './teaching.ts'

export interface Scene {
  course_id: string
  /** Two materials, then an assignment. */
  steps: string[]
  /** The assignment's one question: two tests, of one point and of two. */
  aq: string
}
export interface Guest extends Visitor {
  id: string
}
const password = 'long enough'
type Mark = 'accepted' | 'wrong_answer'

/** A course that is open to guests, browsers in it, and what they do there; `server` is asked for at every call. */
export function guestWork(server: () => TestServer) {
  return {
    async aScene(assignment: object = {}): Promise<Scene & { teach: ReturnType<typeof teaching> }> {
      const teach = teaching(server(), await server().person({ is_creator: true }))
      const course_id = await teach.course()
      await server().db.updateTable('courses').set({ is_open_to_guests: true }).where('id', '=', course_id).execute()
      const module_id = await teach.module(course_id)
      const steps = [await teach.material(module_id), await teach.material(module_id)]
      const { step_id, assignment_id } = await teach.assignment(module_id, assignment)
      const { id: aq } = await teach.place(assignment_id, await teach.published(aContent()))
      return { course_id, steps: [...steps, step_id], aq, teach }
    },
    async aGuest(scene: Scene): Promise<Guest> {
      const visitor = server().visitor()
      await visitor.send('GET', `/api/courses/${scene.course_id}`)
      return { ...visitor, id: (await visitor.send('GET', '/api/auth/me')).json().guest_id }
    },
    async complete(who: Visitor, step_id: string, score: number | null = null, key = newId()) {
      const answer = await who.send('POST', '/api/progress/complete', { step_id, score, score_scale: 'unit' }, { 'idempotency-key': key })
      expect(answer.statusCode, answer.body).toBe(200)
      return answer
    },
    async handIn(who: Visitor, aq: string, key = newId(), code = 'print(1)') {
      const body = { language: 'python', code }
      const answer = await who.send('POST', `/api/assignment-questions/${aq}/submissions`, body, { 'idempotency-key': key })
      expect(answer.statusCode, answer.body).toBe(201)
      return answer.json() as { id: string; attempt_number: number }
    },
    /** Grades what waits. */
    async grade(verdict: Mark, t1: Mark = verdict): Promise<void> {
      const grader = await aGrader(server())
      for (const job of await grader.lease({ max_jobs: 8 })) expect((await grader.report(job, reportOf(job, verdict, { t1 }))).statusCode).toBe(200)
    },
    async register(who: Visitor) {
      const email = `${newId()}@example.org`
      const answer = await who.send('POST', '/api/auth/register', { email, password, display_name: 'New' })
      expect(answer.statusCode, answer.body).toBe(201)
      return { email, id: answer.json().id as string, guest_work: answer.json().guest_work, cookies: answer.cookies }
    },
    login: (who: Visitor, email: string, more: object = {}) => who.send('POST', '/api/auth/login', { email, password, ...more }),
    stepsOf: async (who: Visitor, course_id: string) =>
      ((await who.send('GET', `/api/progress/${course_id}`)).json().steps as {
        completed: boolean
        score: number | null
        attempts: number
        completed_at: string | null
      }[]) ?? [],
    /** How many rows of a learner's work there are, in every table that holds any. */
    async rowsOf(principal_id: string): Promise<number> {
      const { rows } = await sql<{ n: number }>`select (select count(*) from progress where principal_id = ${principal_id})
        + (select count(*) from completions where principal_id = ${principal_id}) + (select count(*) from certificates where principal_id = ${principal_id})
        + (select count(*) from submissions where principal_id = ${principal_id}) + (select count(*) from attempt_counters where principal_id = ${principal_id})
        + (select count(*) from score_events where principal_id = ${principal_id}) + (select count(*) from scores where principal_id = ${principal_id})
        + (select count(*) from runs where principal_id = ${principal_id}) as n`.execute(server().db)
      return rows[0]!.n
    },
  }
}
