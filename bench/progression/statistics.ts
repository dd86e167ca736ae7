import type { Pool } from 'pg'
import { recordStatements, startServer } from '../scratch.ts'
import { LEARNERS, makeCourse, makePeople, STEPS, teacherToken } from './course.ts'

const CALLS = 60

/** What the creator's two pages cost over HTTP with 5,000 learners in 5 modules and in 50, one call at a time, in turns; p95 and statements. */
export async function benchStatistics(pool: Pool, url: string): Promise<void> {
  await makePeople(pool)
  const courses = new Map<number, string>()
  for (const [number, modules] of [5, 50].entries()) courses.set(modules, await makeCourse(pool, number, { modules, progress: true }))
  console.log(`two courses of ${LEARNERS} learners and ${STEPS} steps, ${LEARNERS * STEPS} progress rows each`)
  const headers = { authorization: `Bearer ${teacherToken()}` }
  const pathOf = (course_id: string, page: string): string => `/api/auth/creator/courses/${course_id}/${page}`
  const server = await startServer(url)
  try {
    for (const page of ['aggregate-stats', 'enrolled-learners']) {
      const took = new Map<number, number[]>([...courses.keys()].map((modules) => [modules, []]))
      const bytes = new Map<number, number>()
      for (let i = -5; i < CALLS; i++) {
        for (const [modules, course_id] of courses) {
          const began = performance.now()
          const answer = await fetch(server.base_url + pathOf(course_id, page), { headers })
          bytes.set(modules, (await answer.text()).length)
          if (!answer.ok) throw new Error(`${page} answered ${answer.status}`)
          // The first few warm the machine up.
          if (i >= 0) took.get(modules)!.push(performance.now() - began)
        }
      }
      for (const [modules, all] of took) {
        all.sort((a, b) => a - b)
        const at = (q: number): string => all[Math.min(all.length - 1, Math.floor(all.length * q))]!.toFixed(0)
        console.log(`${page}, ${modules} modules: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, ${(bytes.get(modules)! / 1024).toFixed(0)} KiB`)
      }
    }
  } finally {
    await server.stop()
  }
  await recordStatements(url, {}, async (app, take) => {
    for (const [modules, course_id] of courses) {
      take()
      const answer = await app.inject({ method: 'GET', url: pathOf(course_id, 'aggregate-stats'), headers })
      if (answer.statusCode !== 200) throw new Error(answer.body)
      console.log(`statements of aggregate-stats, ${modules} modules: ${take().length}`)
    }
  })
}
