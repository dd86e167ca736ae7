import * as courses from './courses.ts'
import type { Endpoint } from './endpoint.ts'
import * as exams from './exams.ts'
import * as grading from './grading.ts'
import * as identity from './identity.ts'
import * as progress from './progress.ts'
import * as questions from './questions.ts'
import * as queues from './queues.ts'
import * as roster from './roster.ts'
import * as submissions from './submissions.ts'
import * as system from './system.ts'

const isEndpoint = (value: unknown): value is Endpoint =>
  typeof value === 'object' && value !== null && 'method' in value && 'path' in value && 'access' in value

/** Every endpoint of the API by its operation name: OpenAPI, the privilege matrix and the fuzzer read this. */
export const api: Record<string, Endpoint> = Object.fromEntries(
  [identity, roster, courses, questions, submissions, progress, exams, grading, queues, system].flatMap((slice) =>
    Object.entries(slice as Record<string, unknown>).filter((entry): entry is [string, Endpoint] => isEndpoint(entry[1])),
  ),
)
