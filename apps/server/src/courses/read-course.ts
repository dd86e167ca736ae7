import type { getCourse, listCourses } from '@gradus/contract/courses'
import type { ReplyIn } from '@gradus/contract/endpoint'
import type { Db } from '../db/database.ts'
import { dueNext, type OutlineInput, type OutlineStep, outlineModules, outlineStep } from './outline.ts'
import { sumPoints } from './points.ts'
import { type CourseRow, listModules, listMyCourses, selectCourse } from './queries/courses.ts'
import { listPlacedPoints } from './queries/placements.ts'
import { listSteps, selectStep } from './queries/steps.ts'
import type { Standing } from './standing.ts'

/** Who looks: staff see drafts, and everybody sees their own standing. */
export interface Viewer {
  principal_id: string
  sees_drafts: boolean
}

type Clock = Pick<CourseRow, 'now' | 'state'>

/** The lines of these steps, with the viewer's standing. */
async function linesOf(
  db: Db,
  standing: Standing,
  principal_id: string,
  steps: readonly OutlineInput[],
  clockOf: (course_id: string) => Clock,
): Promise<{ step: OutlineInput; line: OutlineStep }[]> {
  const course_ids = [...new Set(steps.map((step) => step.course_id))]
  const [placed, mine] = await Promise.all([listPlacedPoints(db, course_ids), standing.forCourse(db, principal_id, course_ids)])
  const byStep = Map.groupBy(placed, (question) => question.step_id)
  return steps.map((step) => {
    const { now, state } = clockOf(step.course_id)
    return { step, line: outlineStep(step, byStep.get(step.id) ?? [], mine, { now, is_archived: state === 'archived' }) }
  })
}

/** A course with its modules and steps; drafts for staff only. */
export async function readCourse(
  db: Db,
  standing: Standing,
  course_id: string,
  viewer: Viewer,
): Promise<Omit<ReplyIn<typeof getCourse>, 'permissions'>> {
  const [course, modules, steps] = await Promise.all([
    selectCourse(db, course_id, viewer.principal_id),
    listModules(db, course_id),
    listSteps(db, [course_id]),
  ])
  const seen = steps.filter((step) => viewer.sees_drafts || step.state === 'published')
  const lines = await linesOf(db, standing, viewer.principal_id, seen, () => course)
  return {
    ...course,
    modules: outlineModules(
      modules,
      lines.map(({ step, line }) => ({ module_id: step.module_id, line })),
    ),
  }
}

/** One line of a course's outline, as after a change to that step. */
export async function readOutlineStep(db: Db, standing: Standing, step_id: string, principal_id: string): Promise<OutlineStep> {
  const step = await selectStep(db, step_id)
  const course = await selectCourse(db, step.course_id, principal_id)
  const [found] = await linesOf(db, standing, principal_id, [step], () => course)
  return found!.line
}

/** The courses someone belongs to: what they have, what is possible, what is due next. Three statements, however many courses. */
export async function readMyCourses(db: Db, standing: Standing, principal_id: string): Promise<ReplyIn<typeof listCourses>> {
  const courses = await listMyCourses(db, principal_id)
  const byId = new Map(courses.map((course) => [course.id, course]))
  const steps = await listSteps(db, [...byId.keys()])
  const lines = await linesOf(
    db,
    standing,
    principal_id,
    steps.filter((step) => step.state === 'published'),
    (id) => byId.get(id)!,
  )
  const byCourse = Map.groupBy(lines, ({ step }) => step.course_id)
  return {
    courses: courses.map((course) => {
      const own = (byCourse.get(course.id) ?? []).map(({ line }) => line)
      return {
        ...course,
        points: sumPoints(own.map((line) => line.points ?? 0)),
        points_possible: sumPoints(own.map((line) => line.points_possible)),
        due_next: dueNext(own, course.now),
      }
    }),
  }
}
