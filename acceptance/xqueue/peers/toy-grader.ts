import { setTimeout as sleep } from 'node:timers/promises'
import type { Submission } from './envelope.ts'

/** What a course's handler does with a submission. It may throw; then nothing is posted. */
export type Grade = (submission: Submission) => Promise<string>

/**
 * A handler for answers such as `right 3`: the word decides, the number is the score. `crash` kills the handler, as a student's program
 * kills a careless grader. Like the real watcher it wants a payload that is JSON and names a grader without `..`.
 */
export const toyGrade =
  (takes_ms = 0): Grade =>
  async ({ body }) => {
    const { grader_payload, student_response } = JSON.parse(body) as { grader_payload: string; student_response: string }
    const { grader } = JSON.parse(grader_payload) as { grader?: string }
    if (grader === undefined || grader.includes('..')) throw new Error('no grader in the payload')
    const [word, number] = student_response.split(' ')
    if (word === 'crash') throw new Error('the grader fell over this answer')
    if (takes_ms > 0) await sleep(takes_ms)
    return JSON.stringify({ correct: word === 'right', score: Number(number ?? 1), msg: `<p>${word} &amp; counted</p>` })
  }
