/**
 * Every address of the product, built in one place. Addresses are kept for good (pages.md section 3): people put them in
 * mails and slides, so paths.test.ts holds each to its spelling.
 */

const part = encodeURIComponent

/** `?a=b`, leaving out what is empty. */
const query = (values: Record<string, string | undefined>): string => {
  const pairs = Object.entries(values).filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '')
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`
}

export const teachTabs = ['overview', 'learners', 'people', 'submissions', 'settings'] as const
export type TeachTab = (typeof teachTabs)[number]

export interface SubmissionFilters {
  assignment?: string
  question?: string
  learner?: string
  state?: string
  verdict?: string
  search?: string
}

/** What the table of learners is narrowed to, and how it stands; `at` says what they did in `module` or `step`. */
export interface LearnerFilters {
  search?: string
  active?: string
  progress?: string
  module?: string
  step?: string
  at?: string
  sort?: string
  learner?: string
}

/** What the list of jobs is narrowed to; `state` is "all" where even failed ones are not preferred. */
export interface JobFilters {
  state?: string
  queue?: string
  kind?: string
  deliveries?: string
  undelivered?: string
  since?: string
  until?: string
  search?: string
}

/** What an exam's board is narrowed to. */
export interface BoardFilters {
  show?: string
  search?: string
  candidate?: string
  view?: string
}

export const examTabs = ['board', 'candidates', 'import', 'log', 'settings'] as const
export type ExamTab = (typeof examTabs)[number]

export const paths = {
  home: () => '/',
  signIn: (next?: string) => `/sign-in${query({ next })}`,
  register: (next?: string) => `/register${query({ next })}`,
  account: () => '/account',
  join: (code?: string) => (code === undefined ? '/join' : `/join/${part(code)}`),
  /** `course` is a slug, or an id where no slug is at hand. */
  course: (course: string) => `/c/${part(course)}`,
  step: (course: string, step_id: string) => `/c/${part(course)}/s/${part(step_id)}`,
  /** `number` counts the assignment's questions from 1. */
  question: (course: string, assignment_id: string, number: number) => `/c/${part(course)}/a/${part(assignment_id)}/q/${number}`,
  /** The learner's own certificate of a course. */
  certificate: (course: string) => `/c/${part(course)}/certificate`,
  teach: (course: string, tab: TeachTab = 'overview') => (tab === 'overview' ? `/c/${part(course)}/teach` : `/c/${part(course)}/teach/${tab}`),
  teachLearners: (course: string, filters: LearnerFilters = {}) => `/c/${part(course)}/teach/learners${query({ ...filters })}`,
  teachSubmissions: (course: string, filters: SubmissionFilters = {}) => `/c/${part(course)}/teach/submissions${query({ ...filters })}`,
  teachSubmission: (course: string, submission_id: string) => `/c/${part(course)}/teach/submissions/${part(submission_id)}`,
  teachStep: (course: string, step_id: string) => `/c/${part(course)}/teach/s/${part(step_id)}`,
  teachQuestion: (course: string, question_id: string) => `/c/${part(course)}/teach/q/${part(question_id)}`,
  /** A new question; with an assignment it is placed there once published. */
  teachNewQuestion: (course: string, assignment_id?: string) => `/c/${part(course)}/teach/q/new${query({ assignment: assignment_id })}`,
  questions: () => '/questions',
  newCourse: () => '/new-course',
  adminPeople: () => '/admin/people',
  adminSystem: () => '/admin/system',
  adminQueues: (filters: JobFilters = {}) => `/admin/queues${query({ ...filters })}`,
  adminJob: (grading_job_id: string) => `/admin/queues/jobs/${part(grading_job_id)}`,
  adminQueueSettings: () => '/admin/queues/settings',
  /** Printed on slips and receipts, as QR codes too: these two must never change. */
  handIn: (code?: string) => (code === undefined ? '/hand-in' : `/hand-in/${part(code)}`),
  receipt: (verification_code?: string) => (verification_code === undefined ? '/receipt' : `/receipt/${part(verification_code)}`),
  /** Printed on certificates, as QR codes too: it must never change. */
  verify: (serial?: string) => (serial === undefined ? '/verify' : `/verify/${part(serial)}`),
  exams: () => '/exams',
  newExam: () => '/exams/new',
  exam: (exam_id: string, tab: ExamTab = 'board', filters: BoardFilters = {}) =>
    `/exams/${part(exam_id)}${tab === 'board' ? '' : `/${tab}`}${query({ ...filters })}`,
  api: () => '/docs',
}
