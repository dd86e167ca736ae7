import { sql } from 'kysely'
import { type Db, type DbOrTx, rows } from '../../db/database.ts'
import { problem } from '../../http/problems.ts'

/** One published step with its module, in the course's order; a module without any has one row with `step_id` null. */
export interface OutlineRow {
  module_id: string
  module_position: number
  module_title: string
  step_id: string | null
  position: number
  title: string
  exercise_type: string
}

export interface Course {
  title: string
  /** The instant the picture is of. */
  now: string
  outline: OutlineRow[]
}

const readOutline = async (tx: DbOrTx, course_id: string): Promise<Course> => {
  const found = await rows(
    tx,
    sql<
      { course_title: string; now: string } & (OutlineRow | { module_id: null })
    >`/* dashboard_outline */ select c.title as course_title, now() as now,
        m.id as module_id, m.position as module_position, m.title as module_title,
        s.id as step_id, s.position, s.title, case when s.kind = 'material' then s.kind else coalesce((
          select case when count(distinct v.kind) = 1 then min(v.kind) else 'mixed' end
          from assignments a join assignment_questions aq on aq.assignment_id = a.id join question_versions v on v.id = aq.question_version_id
          where a.step_id = s.id having count(*) > 0), s.kind) end as exercise_type
      from courses c left join modules m on m.course_id = c.id left join steps s on s.module_id = m.id and s.state = 'published'
      where c.id = ${course_id} order by m.position, s.position`,
  )
  const [first] = found
  // The guard found the course in this very request, and courses are never deleted.
  if (first === undefined) throw problem('not_found')
  return { title: first.course_title, now: first.now, outline: found.filter((row): row is typeof row & OutlineRow => row.module_id !== null) }
}

const stepsOf = (outline: readonly OutlineRow[]): string[] => outline.flatMap(({ step_id }) => step_id ?? [])

/** Everybody who counts: an active enrolment as a student, and nobody else (R55). */
const enrolled = (course_id: string) => sql`e.course_id = ${course_id}::uuid and e.role = 'student' and e.state = 'active'`

/**
 * What people did of these steps, one row each: two strings of one bit for each step, in the order given. Grouping by learner and module
 * instead made 250,000 groups. The steps are named, and the statements that use this are not prepared, so that the planner knows how many
 * rows they have: joining to find them took 0.35 s of a core where this and `sums` take 0.19 (5,000 learners, 50 steps; EXPLAIN ANALYZE).
 */
const work = (steps: readonly string[]) => sql`(
  select p.principal_id, bit_or(u.bit)::text as touched, bit_or(u.bit) filter (where p.completed_at is not null)::text as done,
    max(p.active_at) as active_at, max(p.completed_at) as completed_at
  from progress p join (
    select id, set_bit(repeat('0', ${steps.length}::int)::bit varying, n::int - 1, 1) as bit from unnest(${[...steps]}::uuid[]) with ordinality as u(id, n)
  ) u on u.id = p.step_id
  where p.step_id = any(${[...steps]}::uuid[]) group by p.principal_id)`

export interface LearnerBits {
  /** '1' for each step in which the learner did anything; null where nothing. */
  touched: string | null
  done: string | null
  /** Since the learner last did anything in the course; null for never. */
  idle_seconds: number | null
}

export interface LearnerRow extends LearnerBits {
  user_id: string
  email: string
  display_name: string
  role: 'student'
  enrolled_at: string
  last_active_at: string | null
  last_completed_at: string | null
  certificate_issued_at: string | null
}

export interface StepSums {
  step_id: string
  attempts: number
  avg_ratio: number | null
}

/** Runs `work` on one unmoving picture of the database, so that its numbers agree with each other. */
const still = <T>(db: Db, work: (tx: DbOrTx) => Promise<T>): Promise<T> => db.transaction().setIsolationLevel('repeatable read').execute(work)

/** What the course's numbers are made of: three statements, however many modules, steps and learners (R51). */
export const readCourseNumbers = (db: Db, course_id: string): Promise<Course & { learners: LearnerBits[]; sums: StepSums[] }> =>
  still(db, async (tx) => {
    const course = await readOutline(tx, course_id)
    const steps = stepsOf(course.outline)
    const learners = await rows(
      tx,
      sql<LearnerBits>`select w.touched, w.done, extract(epoch from now() - greatest(e.last_active_at, w.active_at))::float8 as idle_seconds
        from enrolments e left join ${work(steps)} w on w.principal_id = e.user_id where ${enrolled(course_id)}`,
    )
    const sums = await rows(
      tx,
      sql<StepSums>`select p.step_id, sum(p.attempts)::int as attempts, avg(p.best_ratio) as avg_ratio
        from progress p join enrolments e on e.user_id = p.principal_id and ${enrolled(course_id)}
        where p.step_id = any(${steps}::uuid[]) group by p.step_id`,
    )
    return { ...course, learners, sums }
  })

/** Everybody enrolled, by name: two statements. */
export const readCourseLearners = (db: Db, course_id: string): Promise<Course & { learners: LearnerRow[] }> =>
  still(db, async (tx) => {
    const course = await readOutline(tx, course_id)
    const learners = await rows(
      tx,
      sql<LearnerRow>`select w.touched, w.done, extract(epoch from now() - greatest(e.last_active_at, w.active_at))::float8 as idle_seconds,
          e.user_id, u.email, u.display_name, e.role, e.created_at as enrolled_at, greatest(e.last_active_at, w.active_at) as last_active_at,
          w.completed_at as last_completed_at, f.issued_at as certificate_issued_at
        from enrolments e join users u on u.id = e.user_id left join ${work(stepsOf(course.outline))} w on w.principal_id = e.user_id
          left join certificates f on f.principal_id = e.user_id and f.course_id = e.course_id and f.revoked_at is null
        where ${enrolled(course_id)} order by lower(u.display_name), u.id`,
    )
    return { ...course, learners }
  })

/** Whether somebody is one of those who count. */
export const selectIsEnrolledLearner = async (db: DbOrTx, course_id: string, user_id: string): Promise<boolean> =>
  (await rows(db, sql`select from enrolments e where ${enrolled(course_id)} and e.user_id = ${user_id}`)).length > 0
