import { expect, test } from 'vitest'
import { paths } from './paths.ts'

test('every address keeps its spelling', () => {
  const c = 'intro-to-python'
  const id = '0198a0aa-0000-7000-8000-000000000001'
  expect([
    paths.home(),
    paths.signIn(),
    paths.signIn('/c/intro-to-python?x=1'),
    paths.register('/join/ABC234'),
    paths.account(),
    paths.join(),
    paths.join('ABC 234'),
    paths.course(c),
    paths.step(c, id),
    paths.question(c, id, 2),
    paths.teach(c),
    paths.teach(c, 'people'),
    paths.teach(c, 'submissions'),
    paths.teach(c, 'settings'),
    paths.teachSubmissions(c, { verdict: 'wrong_answer', search: 'ada l', state: '' }),
    paths.teachSubmission(c, id),
    paths.teachStep(c, id),
    paths.teachQuestion(c, id),
    paths.teachNewQuestion(c),
    paths.teachNewQuestion(c, id),
    paths.questions(),
    paths.newCourse(),
    paths.adminPeople(),
    paths.adminSystem(),
    paths.adminQueues(),
    paths.adminQueues({ state: 'failed', queue: 'lab 1' }),
    paths.adminJob(id),
    paths.adminQueueSettings(),
    paths.api(),
  ]).toMatchInlineSnapshot(`
    [
      "/",
      "/sign-in",
      "/sign-in?next=%2Fc%2Fintro-to-python%3Fx%3D1",
      "/register?next=%2Fjoin%2FABC234",
      "/account",
      "/join",
      "/join/ABC%20234",
      "/c/intro-to-python",
      "/c/intro-to-python/s/0198a0aa-0000-7000-8000-000000000001",
      "/c/intro-to-python/a/0198a0aa-0000-7000-8000-000000000001/q/2",
      "/c/intro-to-python/teach",
      "/c/intro-to-python/teach/people",
      "/c/intro-to-python/teach/submissions",
      "/c/intro-to-python/teach/settings",
      "/c/intro-to-python/teach/submissions?verdict=wrong_answer&search=ada+l",
      "/c/intro-to-python/teach/submissions/0198a0aa-0000-7000-8000-000000000001",
      "/c/intro-to-python/teach/s/0198a0aa-0000-7000-8000-000000000001",
      "/c/intro-to-python/teach/q/0198a0aa-0000-7000-8000-000000000001",
      "/c/intro-to-python/teach/q/new",
      "/c/intro-to-python/teach/q/new?assignment=0198a0aa-0000-7000-8000-000000000001",
      "/questions",
      "/new-course",
      "/admin/people",
      "/admin/system",
      "/admin/queues",
      "/admin/queues?state=failed&queue=lab+1",
      "/admin/queues/jobs/0198a0aa-0000-7000-8000-000000000001",
      "/admin/queues/settings",
      "/docs",
    ]
  `)
})

test('a part that holds a slash stays one part', () => {
  expect(paths.course('a/b')).toBe('/c/a%2Fb')
})
