import type { BrowserContext, Page } from 'playwright-core'
import { writeCode } from './browser.ts'
import { GRADED, PASSWORD, type teachersOf } from './teachers.ts'

export interface StepProgress {
  step_id: string
  completed: boolean
  attempts: number
  score: number | null
}

export interface OpenCourse {
  id: string
  slug: string
  /** In the course's order. */
  steps: string[]
  /** The page of each step. */
  pages: string[]
}

/** Makes courses that are open to guests, as the administrator whose token is given. */
export function openCoursesOf({ call, aQuestion }: Pick<ReturnType<typeof teachersOf>, 'call' | 'aQuestion'>, admin: string) {
  /** A course that is open to guests: two programs to write, which print their titles, and as many texts to read as are asked for. */
  return async function anOpenCourse(slug: string, texts = 1): Promise<OpenCourse> {
    const course = await call(admin, 'POST', '/api/courses', { slug, title: `Course ${slug}` })
    const module = await call(admin, 'POST', `/api/courses/${course.id}/modules`, { title: 'Programs' })
    const [steps, pages]: [string[], string[]] = [[], []]
    for (const title of [`${slug} one`, `${slug} two`]) {
      const step = await call(admin, 'POST', `/api/modules/${module.id}/steps`, { kind: 'assignment', title, state: 'published' })
      await call(admin, 'POST', `/api/assignments/${step.assignment_id}/questions`, { question_id: await aQuestion(admin, title) })
      steps.push(step.id!)
      pages.push(`/c/${slug}/a/${step.assignment_id}/q/1`)
    }
    const reading = await call(admin, 'POST', `/api/courses/${course.id}/modules`, { title: 'Texts' })
    for (let i = 1; i <= texts; i++) {
      const body = { kind: 'material', title: `Text ${i}`, body_markdown: `Read this, part ${i}.`, state: 'published' }
      const step = await call(admin, 'POST', `/api/modules/${reading.id}/steps`, body)
      steps.push(step.id!)
      pages.push(`/c/${slug}/s/${step.id}`)
    }
    await call(admin, 'PATCH', `/api/courses/${course.id}`, { state: 'published', is_open_to_guests: true })
    return { id: course.id!, slug, steps, pages }
  }
}

/** Where this browser's learner stands, as the server says it, step by step. */
export const progressIn = (page: Page, course: OpenCourse): Promise<StepProgress[]> =>
  page.evaluate(async (id) => ((await (await fetch(`/api/progress/${id}`)).json()) as { steps: StepProgress[] }).steps, course.id)

export const guestCookies = async (context: BrowserContext) => (await context.cookies()).filter((cookie) => cookie.name === 'sll_anon')

/** Writes a program into the editor of the page that is open, and hands it in. */
export async function handIn(page: Page, code: string): Promise<void> {
  const editor = page.getByRole('textbox', { name: /Your Python code/ })
  await editor.waitFor()
  await writeCode(page, editor, code)
  await page.getByRole('button', { name: 'Hand in' }).click()
}

export const results = (page: Page) => page.getByRole('region', { name: 'Results' })
/** The line that says what this device keeps. */
export const kept = (page: Page) => page.getByRole('status', { name: 'Kept on this device' })

export async function solve(page: Page, address: string, title: string): Promise<void> {
  await page.goto(address)
  await handIn(page, `print("${title}")\n`)
  await results(page).getByText('Accepted').first().waitFor(GRADED)
}

/** Signs in where a guest worked, up to the question whose work that is. */
export async function signInToBeAsked(page: Page, email: string): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel('E-mail address').fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Is this your work?' }).waitFor()
}

export async function markDone(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await page.getByRole('button', { name: 'Mark as done' }).click()
  await page.getByText('Done', { exact: true }).waitFor()
}
