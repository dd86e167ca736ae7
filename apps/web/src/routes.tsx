import { getCourse } from '@gradus/contract/courses'
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { read } from './api/calls.ts'
import { queryClient } from './api/client.ts'
import { isProblem } from './api/problem.ts'
import { learnerOf, meQuery } from './api/session.ts'
import { PageFailure } from './app/ErrorBoundary.tsx'
import { NotFound } from './app/NotFound.tsx'
import { Shell } from './app/Shell.tsx'
import { CourseFrame } from './courses/CourseFrame.tsx'
import { followOutbox } from './courses/follow-outbox.ts'
import { learnAs } from './identity/learner-of-device.ts'
import { LoadingState } from './ui/LoadingState.tsx'

/** The whole map of addresses. Each page is a chunk of its own; paths.ts builds the addresses. */

/** Who is here; what this browser keeps for them is theirs from now on. */
async function loadMe() {
  const mine = await queryClient.ensureQueryData(meQuery)
  void learnAs(learnerOf(mine))
  return mine
}
followOutbox()

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, beforeLoad: async () => void (await loadMe()) })
const under = <P extends string>(path: P) => ({ getParentRoute: () => root, path }) as const

const home = createRoute({ ...under('/'), component: lazyRouteComponent(() => import('./courses/HomePage.tsx'), 'HomePage') })
const signIn = createRoute({ ...under('/sign-in'), component: lazyRouteComponent(() => import('./identity/SignInPage.tsx'), 'SignInPage') })
const register = createRoute({ ...under('/register'), component: lazyRouteComponent(() => import('./identity/RegisterPage.tsx'), 'RegisterPage') })
const joinPage = lazyRouteComponent(() => import('./roster/JoinPage.tsx'), 'JoinPage')
const join = createRoute({ ...under('/join'), component: joinPage })
const joinWithCode = createRoute({ ...under('/join/$code'), component: joinPage })

/** Hall pages: a code is all one needs. */
const handInPage = lazyRouteComponent(() => import('./hand-in/HandInPage.tsx'), 'HandInPage')
const handIn = createRoute({ ...under('/hand-in'), component: handInPage })
const handInWithCode = createRoute({ ...under('/hand-in/$code'), component: handInPage })
const receiptPage = lazyRouteComponent(() => import('./hand-in/ReceiptPage.tsx'), 'ReceiptPage')
const receipt = createRoute({ ...under('/receipt'), component: receiptPage })
const receiptWithCode = createRoute({ ...under('/receipt/$code'), component: receiptPage })

const verifyPage = lazyRouteComponent(() => import('./certificates/VerifyPage.tsx'), 'VerifyPage')
const verify = createRoute({ ...under('/verify'), component: verifyPage })
const verifySerial = createRoute({ ...under('/verify/$serial'), component: verifyPage })

const toSignIn = (here: string) => redirect({ to: '/sign-in', search: { next: here } as never, replace: true })
const signedInOnly = async ({ location }: { location: { href: string } }) => {
  if ((await loadMe()).user === null) throw toSignIn(location.href)
}

/** Everything below needs someone signed in; a visitor is sent to sign in and comes back afterwards. */
const inside = createRoute({ getParentRoute: () => root, id: 'inside', beforeLoad: signedInOnly })
const within = <P extends string>(path: P) => ({ getParentRoute: () => inside, path }) as const

const account = createRoute({ ...within('/account'), component: lazyRouteComponent(() => import('./identity/AccountPage.tsx'), 'AccountPage') })
const questions = createRoute({ ...within('/questions'), component: lazyRouteComponent(() => import('./teach/QuestionsPage.tsx'), 'QuestionsPage') })
const newCourse = createRoute({ ...within('/new-course'), component: lazyRouteComponent(() => import('./teach/NewCoursePage.tsx'), 'NewCoursePage') })
const adminPeople = createRoute({ ...within('/admin/people'), component: lazyRouteComponent(() => import('./admin/PeoplePage.tsx'), 'PeoplePage') })
const adminSystem = createRoute({ ...within('/admin/system'), component: lazyRouteComponent(() => import('./admin/SystemPage.tsx'), 'SystemPage') })
const adminQueues = createRoute({ ...within('/admin/queues'), component: lazyRouteComponent(() => import('./admin/QueuesPage.tsx'), 'QueuesPage') })
const adminJob = createRoute({ ...within('/admin/queues/jobs/$job'), component: lazyRouteComponent(() => import('./admin/JobPage.tsx'), 'JobPage') })
const adminQueueSettings = createRoute({
  ...within('/admin/queues/settings'),
  component: lazyRouteComponent(() => import('./admin/QueueSettingsPage.tsx'), 'QueueSettingsPage'),
})

const exams = createRoute({ ...within('/exams'), component: lazyRouteComponent(() => import('./exams/ExamsPage.tsx'), 'ExamsPage') })
const newExam = createRoute({ ...within('/exams/new'), component: lazyRouteComponent(() => import('./exams/NewExamPage.tsx'), 'NewExamPage') })
const exam = createRoute({ ...within('/exams/$exam'), component: lazyRouteComponent(() => import('./exams/ExamFrame.tsx'), 'ExamFrame') })
const inExam = <P extends string>(path: P) => ({ getParentRoute: () => exam, path }) as const
const examBoard = createRoute({ ...inExam('/'), component: lazyRouteComponent(() => import('./exams/BoardPage.tsx'), 'BoardPage') })
const examCandidates = createRoute({
  ...inExam('/candidates'),
  component: lazyRouteComponent(() => import('./exams/CandidatesPage.tsx'), 'CandidatesPage'),
})
const examImport = createRoute({ ...inExam('/import'), component: lazyRouteComponent(() => import('./exams/ImportPage.tsx'), 'ImportPage') })
const examLog = createRoute({ ...inExam('/log'), component: lazyRouteComponent(() => import('./exams/LogPage.tsx'), 'LogPage') })
const examSettings = createRoute({
  ...inExam('/settings'),
  component: lazyRouteComponent(() => import('./exams/SettingsPage.tsx'), 'ExamSettingsPage'),
})

/** A visitor gets in where the course is open to guests; everywhere else they are sent to sign in. */
const course = createRoute({
  ...under('/c/$course'),
  component: CourseFrame,
  beforeLoad: async ({ params, location }) => {
    if ((await loadMe()).user !== null) return
    const opening = queryClient.ensureQueryData(read(getCourse, { params: { course_id: params.course } }))
    const error: unknown = await opening.then(() => null).catch((reason: unknown) => reason)
    if (isProblem(error, 'sign_in_required')) throw toSignIn(location.href)
  },
})
const inCourse = <P extends string>(path: P) => ({ getParentRoute: () => course, path }) as const

const courseHome = createRoute({ ...inCourse('/'), component: lazyRouteComponent(() => import('./courses/CoursePage.tsx'), 'CoursePage') })
const step = createRoute({ ...inCourse('/s/$step'), component: lazyRouteComponent(() => import('./courses/StepPage.tsx'), 'StepPage') })
const question = createRoute({
  ...inCourse('/a/$assignment/q/$n'),
  component: lazyRouteComponent(() => import('./submissions/QuestionPage.tsx'), 'QuestionPage'),
})

const certificate = createRoute({
  ...inCourse('/certificate'),
  component: lazyRouteComponent(() => import('./certificates/CertificatePage.tsx'), 'CertificatePage'),
})

/** The teacher's tabs share a head; authoring and single hand-ins have the whole page. */
const ofStaff = createRoute({ getParentRoute: () => course, id: 'of-staff', beforeLoad: signedInOnly })
const forStaff = <P extends string>(path: P) => ({ getParentRoute: () => ofStaff, path }) as const
const teach = createRoute({ ...forStaff('/teach'), component: lazyRouteComponent(() => import('./teach/TeachFrame.tsx'), 'TeachFrame') })
const inTeach = <P extends string>(path: P) => ({ getParentRoute: () => teach, path }) as const
const teachOverview = createRoute({ ...inTeach('/'), component: lazyRouteComponent(() => import('./teach/OverviewPage.tsx'), 'OverviewPage') })
const teachPeople = createRoute({ ...inTeach('/people'), component: lazyRouteComponent(() => import('./teach/PeoplePage.tsx'), 'PeoplePage') })
const teachLearners = createRoute({
  ...inTeach('/learners'),
  component: lazyRouteComponent(() => import('./teach/LearnersPage.tsx'), 'LearnersPage'),
})
const teachSubmissions = createRoute({
  ...inTeach('/submissions'),
  component: lazyRouteComponent(() => import('./teach/SubmissionsPage.tsx'), 'SubmissionsPage'),
})
const teachSettings = createRoute({
  ...inTeach('/settings'),
  component: lazyRouteComponent(() => import('./teach/SettingsPage.tsx'), 'SettingsPage'),
})
const teachSubmission = createRoute({
  ...forStaff('/teach/submissions/$submission'),
  component: lazyRouteComponent(() => import('./teach/SubmissionPage.tsx'), 'SubmissionPage'),
})
const teachStep = createRoute({ ...forStaff('/teach/s/$step'), component: lazyRouteComponent(() => import('./teach/StepPage.tsx'), 'StepPage') })
const teachQuestion = createRoute({
  ...forStaff('/teach/q/$question'),
  component: lazyRouteComponent(() => import('./teach/QuestionPage.tsx'), 'QuestionPage'),
})

const routeTree = root.addChildren([
  home,
  signIn,
  register,
  join,
  joinWithCode,
  handIn,
  handInWithCode,
  receipt,
  receiptWithCode,
  verify,
  verifySerial,
  inside.addChildren([
    account,
    questions,
    newCourse,
    adminPeople,
    adminSystem,
    adminQueues,
    adminJob,
    adminQueueSettings,
    exams,
    newExam,
    exam.addChildren([examBoard, examCandidates, examImport, examLog, examSettings]),
  ]),
  course.addChildren([
    courseHome,
    step,
    question,
    certificate,
    ofStaff.addChildren([
      teach.addChildren([teachOverview, teachLearners, teachPeople, teachSubmissions, teachSettings]),
      teachSubmission,
      teachStep,
      teachQuestion,
    ]),
  ]),
])

const words = (search: Record<string, unknown>): [string, string][] =>
  Object.entries(search).filter((pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1] !== '')

/** Addresses carry plain words after `?`; the router's own JSON form would quote numbers and break links people type. */
export const router = createRouter({
  routeTree,
  defaultPreload: false,
  scrollRestoration: true,
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(words(search)).toString()
    return text === '' ? '' : `?${text}`
  },
  defaultPendingComponent: () => <LoadingState />,
  defaultErrorComponent: ({ error, reset }) => <PageFailure error={error} reset={reset} />,
  defaultNotFoundComponent: NotFound,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
