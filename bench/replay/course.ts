import type { Client } from '@gradus/client/client'
import { ApiProblem } from '@gradus/client/problem'
import { sleep } from '@gradus/client/retry'
import { createCourse, createModule, createStep, getAssignment, getCourse, placeQuestion, updateCourse } from '@gradus/contract/courses'
import type { ReplyOf } from '@gradus/contract/endpoint'
import { createQuestion, getTrial, listQuestions, publishQuestion, type QuestionContent, tryDraft } from '@gradus/contract/questions'
import type { Exercise } from './pack.ts'
import type { Progress } from './progress.ts'

/**
 * The limits: every accepted program of the data ends within 0.2 s here, and those that exceed the output limit write
 * more than 4 MB within a second, while no other writes more than 20 KB.
 */
const limits = { time_ms: 1_000, memory_mb: 256, output_kb: 64 }
/** What the authors of the data compiled with; the sandbox always links the mathematics library. */
const compiler_flags = ['-Wall', '-Wextra', '-Werror', '-ansi', '-pedantic']
const starter = 'int main() {\n  return 0;\n}\n'
/** A question is tried by the grading machines; without one this would wait for ever. */
const TRY_PATIENCE_MS = 180_000

const contentOf = (exercise: Exercise): QuestionContent => ({
  title: exercise.title,
  statement_markdown: exercise.statement_markdown,
  spec: {
    kind: 'io',
    comparator: { kind: 'exact' },
    languages: { c: { starter, reference: exercise.reference_solution, compiler_flags } },
    tests: exercise.tests.map((test) => ({
      key: test.name,
      name: test.name,
      points: 1,
      is_hidden: false,
      ...limits,
      stdin: test.stdin,
      expected_stdout: test.expected_stdout,
    })),
  },
})

export interface ReplayCourse {
  course_id: string
  /** exercise -> assignment_question_id */
  places: Map<string, string>
}

/** Makes the course with its questions, or completes what an earlier try of the same run left. One assignment a lab. */
export async function prepareCourse(teacher: Client, run: string, exercises: Exercise[], progress: Progress): Promise<ReplayCourse> {
  const slug = `c-pack-${run}`
  const course = await teacher.call(getCourse, { params: { course_id: slug } }).catch(async (error: unknown) => {
    if (!(error instanceof ApiProblem && error.code === 'not_found')) throw error
    const made = await teacher.call(createCourse, { body: { slug, title: `C-Pack replay ${run}` } })
    return await teacher.call(getCourse, { params: { course_id: made.id } })
  })
  const questions = await publishQuestions(teacher, run, exercises, progress)
  const places = new Map<string, string>()
  for (const lab of new Set(exercises.map(labOf))) {
    const assignment_id = await assignmentOf(teacher, course, lab)
    const placed = (await teacher.call(getAssignment, { params: { assignment_id } })).questions
    for (const exercise of exercises.filter((one) => labOf(one) === lab)) {
      const question_id = questions.get(exercise.exercise)!
      const place =
        placed.find((one) => one.question_id === question_id) ??
        (await teacher.call(placeQuestion, { params: { assignment_id }, body: { question_id } }))
      places.set(exercise.exercise, place.id)
    }
  }
  if (course.state !== 'published') await teacher.call(updateCourse, { params: { course_id: course.id }, body: { state: 'published' } })
  return { course_id: course.id, places }
}

const labOf = (exercise: Exercise): string => exercise.exercise.split('/')[0]!

async function assignmentOf(teacher: Client, course: ReplyOf<typeof getCourse>, lab: string): Promise<string> {
  const module =
    course.modules.find((one) => one.title === lab) ?? (await teacher.call(createModule, { params: { course_id: course.id }, body: { title: lab } }))
  const step =
    module.steps[0] ??
    (await teacher.call(createStep, { params: { module_id: module.id }, body: { kind: 'assignment', title: lab, state: 'published' } }))
  return step.assignment_id!
}

/** Creates, tries and publishes every question; the tries wait for the grading machines together. */
async function publishQuestions(teacher: Client, run: string, exercises: Exercise[], progress: Progress): Promise<Map<string, string>> {
  const slugOf = (exercise: Exercise) => `c-pack-${run}-${exercise.exercise.replaceAll('/', '-')}`
  const { questions } = await teacher.call(listQuestions, { query: { search: `c-pack-${run}`, limit: 500 } })
  const ids = new Map<string, string>()
  const open: string[] = []
  for (const exercise of exercises) {
    const slug = slugOf(exercise)
    const found = questions.find((one) => one.slug === slug)
    const question = found ?? (await teacher.call(createQuestion, { body: { slug, content: contentOf(exercise) } }))
    ids.set(exercise.exercise, question.id)
    if (question.latest_published !== null) continue
    open.push(question.id)
    await teacher.call(tryDraft, { params: { question_id: question.id } })
    progress.show(`questions: ${ids.size} of ${exercises.length} written`)
  }
  const began = performance.now()
  for (const [i, question_id] of open.entries()) {
    let trial = await teacher.call(getTrial, { params: { question_id } })
    while (!trial.is_ready) {
      const runs = trial.languages.flatMap((one) => [one.reference, one.starter])
      if (runs.every((one) => one?.is_finished)) throw new Error(`the try of question ${question_id} failed: ${JSON.stringify(trial.languages)}`)
      if (performance.now() - began > TRY_PATIENCE_MS)
        throw new Error(
          'The questions wait for a grading machine that can run C. Start one (npm run worker; npm run doctor says what is missing) and replay again.',
        )
      progress.show(`questions: ${i} of ${open.length} tried and published`)
      await sleep(250)
      trial = await teacher.call(getTrial, { params: { question_id } })
    }
    await teacher.call(publishQuestion, { params: { question_id }, body: { content_sha256: trial.content_sha256 } })
  }
  return ids
}
