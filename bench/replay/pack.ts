import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { z } from 'zod'

/** The shapes of the C-Pack data; its README says where it comes from. */
const exercise = z.object({
  exercise: z.string(),
  title: z.string(),
  statement_markdown: z.string(),
  reference_solution: z.string(),
  tests: z.array(z.object({ name: z.string(), stdin: z.string(), expected_stdout: z.string() })).min(1),
})
const submission = z.object({
  year: z.int(),
  exercise: z.string(),
  student: z.string(),
  submission: z.int(),
  code: z.string(),
  compile_error: z.boolean(),
  verdicts: z.record(z.string(), z.string()),
})
export type Exercise = z.infer<typeof exercise>
export type Submission = z.infer<typeof submission>

export interface Pack {
  exercises: Exercise[]
  /** In the order of the file, which is each student's own order within a year. */
  submissions: Submission[]
}

/** Reads a folder of the data. @throws with a sentence where it is not such a folder */
export async function readPack(folder: string): Promise<Pack> {
  const exercises = z.array(exercise).parse(JSON.parse(await readFile(join(folder, 'exercises.json'), 'utf8')))
  const lines = await promisify(gunzip)(await readFile(join(folder, 'submissions-years-1-3.jsonl.gz')))
  const submissions = lines
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => submission.parse(JSON.parse(line)))
  const known = new Map(exercises.map((one) => [one.exercise, new Set(one.tests.map((test) => test.name))]))
  for (const one of submissions) {
    const tests = known.get(one.exercise)
    if (tests === undefined || Object.keys(one.verdicts).some((name) => !tests.has(name)))
      throw new Error(`${one.exercise} of the submissions is not among the exercises`)
  }
  return { exercises, submissions }
}
