import type { SubmissionHead, submission } from '@gradus/contract/submissions'
import type { z } from 'zod'
import type { DbOrTx } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import { textOf } from './code.ts'
import { forLearner } from './outcome.ts'
import { progressOf, type Subject } from './progress.ts'
import { type Head, listOwn, selectWhole } from './queries/read.ts'
import { selectOptionalRun } from './queries/runs.ts'
import { stateOf } from './state.ts'

/** The line of a hand-in in the contract's shape. */
export const headReply = ({ status, ...head }: Head): SubmissionHead => ({ ...head, state: stateOf(status) })

/** Where one grading stands, as `sees_all` allows. @throws problem not_found */
export async function readProgress(db: DbOrTx, subject: Subject, sees_all: boolean) {
  const progress = (await progressOf(db, [subject])).get(subject.id)
  if (progress === undefined) throw problem('not_found')
  return sees_all ? progress : forLearner(progress)
}

/** One hand-in with its code and where its grading stands. */
export async function readSubmission(db: DbOrTx, submission_id: string, sees_all: boolean): Promise<z.input<typeof submission>> {
  const { content, course_id, question_title, version_number, learner, ...head } = await selectWhole(db, submission_id)
  return {
    ...headReply(head),
    ...{ course_id, question_title, version_number, learner },
    code: content === null ? null : textOf(content),
    code_base64: content?.toString('base64') ?? null,
    progress: await readProgress(db, { kind: 'submission', id: submission_id }, sees_all),
  }
}

/** A learner's attempts at a placed question, newest first, with the code where it is text. */
export async function listOwnSubmissions(db: DbOrTx, principal_id: string, assignment_question_id: string) {
  const own = await listOwn(db, principal_id, assignment_question_id)
  return own.map(({ content, ...head }) => ({ ...headReply(head), code: content === null ? null : textOf(content) }))
}

/** A run and where it stands. @throws problem not_found where its draft has changed */
export async function readRun(db: DbOrTx, run_id: string, sees_all: boolean) {
  const run = await selectOptionalRun(db, run_id)
  if (run === undefined) throw problem('not_found')
  const { id, kind, language, created_at } = run
  return { id, kind, language, created_at, progress: await readProgress(db, { kind: 'run', id: run_id }, sees_all) }
}
