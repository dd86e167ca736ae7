import * as progress from '@gradus/contract/progress'
import * as questions from '@gradus/contract/questions'
import * as api from '@gradus/contract/submissions'
import type { Language } from '@gradus/contract/words'
import { crashPoint } from '../db/crash-point.ts'
import type { Db } from '../db/database.ts'
import type { Listener } from '../db/listen.ts'
import type { Grant, Mount } from '../http/mount.ts'
import { problem } from '../http/problems.ts'
import { byCaller } from '../identity/by.ts'
import { countGuestWork } from '../identity/guests.ts'
import type { Bell } from '../queue/bell.ts'
import type { Blobs } from '../storage/blobs.ts'
import { bytesOf } from './code.ts'
import { createRun } from './create-run.ts'
import { listCourse } from './list-course.ts'
import { publishQuestion } from './publish-question.ts'
import { selectContent } from './queries/read.ts'
import { listOwnSubmissions, readRun, readSubmission } from './read-submission.ts'
import { requeueSubmission } from './requeue-submission.ts'
import { sendFile } from './send-file.ts'
import { sendEvents } from './stream.ts'
import { submit } from './submit.ts'
import { submitFile } from './submit-file.ts'
import { readTrial, tryDraft } from './trial.ts'
import { validate } from './validate.ts'
import { openWatching } from './watch.ts'

const seesAll = (grant: Grant): boolean => grant.permissions.includes('submissions.read_all')
const extensions: Record<Language, string> = { python: 'py', javascript: 'js', c: 'c', cpp: 'cpp', java: 'java' }

export function submissionRoutes(
  mount: Mount,
  { db, listener, bell, blobs, draining }: { db: Db; listener: Listener; bell: Bell; blobs: Blobs; draining: AbortSignal },
): void {
  const watching = openWatching({ db, listener, draining })

  mount(api.submit, async ({ params, body, actor, idempotency_key, request, reply }) => {
    reply.raw.on('finish', () => crashPoint('s4_submit_answered'))
    await countGuestWork(db, request, actor)
    const { language, client } = body
    const { principal_id, is_guest } = actor
    return submit({ db, bell }, { ...params, language, client, content: bytesOf(body), principal_id, is_guest, idempotency_key })
  })
  mount(progress.validateExercise, async ({ query, body, actor, grant, idempotency_key, request, reply }) => {
    await countGuestWork(db, request, actor)
    const { language, assignment_question_id, ...content } = body.response_data
    const { principal_id, is_guest } = actor
    const about = { principal_id, is_guest, course_id: grant.course_id!, step_id: body.step_id, assignment_question_id, idempotency_key }
    const answer = await validate({ db, bell, watching }, { ...about, ...query, language, content: bytesOf(content), client: body.client })
    if (answer.correct === null) reply.status(202)
    return answer
  })
  mount(api.submitFile, async ({ params, actor, idempotency_key, request }) =>
    submitFile({ db, blobs }, request, { ...params, principal_id: actor.principal_id, client: 'api', idempotency_key }),
  )
  mount(api.downloadFile, async ({ params, reply }) => void (await sendFile({ db, blobs }, params.submission_id, reply)))
  mount(api.listMySubmissions, async ({ params, actor }) => ({
    submissions: await listOwnSubmissions(db, actor.principal_id, params.assignment_question_id),
  }))
  mount(api.getSubmission, async ({ params, grant }) => readSubmission(db, params.submission_id, seesAll(grant)))
  mount(api.watchSubmission, async ({ params, grant, reply }) =>
    sendEvents(reply, watching.watch({ kind: 'submission', id: params.submission_id }), seesAll(grant)),
  )
  mount(api.downloadSubmission, async ({ params, reply }) => {
    const { content, language, attempt_number } = await selectContent(db, params.submission_id)
    if (content === null || language === null) throw problem('not_found')
    const name = `attempt-${attempt_number}.${extensions[language as Language]}`
    const headers = {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${name}"`,
      // Should a browser show it all the same, nothing in it runs and nothing in it is ours (2.5 no. 13).
      'content-security-policy': "default-src 'none'; sandbox",
    }
    await reply.headers(headers).send(content)
  })
  mount(api.listCourseSubmissions, async ({ params, query }) => listCourse(db, params.course_id, query))
  mount(api.requeueSubmission, async (call) => {
    await requeueSubmission({ db, bell }, call.params.submission_id, call.grant.course_id!, byCaller(call))
    return { state: 'queued' as const }
  })

  mount(api.createRun, async ({ params, body, actor, request }) => {
    await countGuestWork(db, request, actor)
    return createRun({ db, bell }, { ...params, language: body.language, content: bytesOf(body), principal_id: actor.principal_id })
  })
  // A run is seen by whoever started it: a teacher's tries whole, a learner's visible tests are all it has.
  mount(api.getRun, async ({ params }) => readRun(db, params.run_id, true))
  mount(api.watchRun, async ({ params, reply }) => sendEvents(reply, watching.watch({ kind: 'run', id: params.run_id }), true))

  mount(questions.tryDraft, async ({ params, actor }) => tryDraft({ db, bell }, params.question_id, actor.principal_id))
  mount(questions.getTrial, async ({ params }) => readTrial(db, params.question_id))
  mount(questions.publishQuestion, async (call) => publishQuestion(db, { ...call.params, ...call.body }, byCaller(call)))
}
