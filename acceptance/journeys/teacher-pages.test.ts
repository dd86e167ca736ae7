import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ADMIN, type Product, startProduct } from '../product.ts'
import { expectAccessible, expectNoSidewaysScroll, hasBrowser, openBrowser, register, signIn, visit } from './browser.ts'
import { confirm, GRADED, PASSWORD, teachersOf } from './teachers.ts'

/** Beside the journey itself: what a teacher's pages must bear, in Chromium, against the product as `npm start` runs it. */
describe.skipIf(!hasBrowser)('the teacher’s pages', () => {
  let product: Product
  let browser: Browser
  let teachers: ReturnType<typeof teachersOf>
  beforeAll(async () => {
    product = await startProduct({ GRADUS_DEMO: 'off', GRADUS_WORKERS: '2' })
    browser = await openBrowser()
    teachers = teachersOf(product, browser, await product.adminToken())
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await product?.stop()
  })

  test('nothing that was written is lost: a closed window, another window, a step back', async () => {
    const { call, tokenOf, aTeacher, aQuestion } = teachers
    const { page, complaints, context } = await aTeacher('Two Windows', 'two@example.org')
    const token = await tokenOf('two@example.org')
    await call(token, 'POST', '/api/courses', { slug: 'two-windows', title: 'Two windows' })
    const question_id = await aQuestion(token, 'Kept')
    const address = `/c/two-windows/teach/q/${question_id}`
    const title = (of: Page) => of.getByRole('textbox', { name: 'Title' })

    // A window that is closed with unsaved text shows it again.
    await page.goto(address)
    await title(page).fill('Kept on this device')
    await page.waitForTimeout(700)
    const again = await context.newPage()
    await page.close()
    await again.goto(address)
    await again.getByText('This is what you wrote before, and did not save').waitFor()
    expect(await title(again).inputValue()).toBe('Kept on this device')
    await expectAccessible(again, 'kept text')
    await again.getByRole('button', { name: 'Save the draft' }).click()
    await again.getByText('The draft of version 2 is saved.').waitFor()
    expect(await again.getByText('did not save').count()).toBe(0)

    // Two windows: the second to save is told, sees both, and chooses.
    const second = await context.newPage()
    await second.goto(address)
    await title(second).waitFor()
    await title(again).fill('From the first window')
    await again.keyboard.press('Control+S')
    await again.getByText('Saved', { exact: true }).waitFor()
    await title(second).fill('From the second window')
    await second.keyboard.press('Control+S')
    await second.getByText('Someone else saved this question meanwhile').waitFor()
    await second.getByRole('button', { name: 'Show the difference' }).click()
    await second.getByText('Title: From the first window').waitFor()
    await expectAccessible(second, 'conflict')
    await second.getByRole('button', { name: 'Keep mine' }).click()
    await confirm(second, 'Save mine')
    await second.getByText('Saved', { exact: true }).waitFor()
    const stored = await call<{ title: string }>(token, 'GET', `/api/questions/${question_id}/versions/2`)
    expect(stored.title).toBe('From the second window')
    // The first window takes what is stored.
    await title(again).fill('Once more from the first')
    await again.keyboard.press('Control+S')
    await again.getByRole('button', { name: 'Take theirs' }).click()
    await confirm(again, 'Drop my changes')
    await expect.poll(() => title(again).inputValue()).toBe('From the second window')
    await again.getByText('Saved', { exact: true }).waitFor()
    expect(complaints).toEqual([])
    await context.close()
  }, 180_000)

  test('on a phone, in the dark, with long and right-to-left names', async () => {
    const { call, tokenOf, aTeacher, aQuestion } = teachers
    const { page, complaints, context } = await aTeacher('ד״ר שרה כהן', 'phone-teacher@example.org', { width: 390, dark: true })
    const token = await tokenOf('phone-teacher@example.org')
    const long = 'Grundlagen der Programmierung und des algorithmischen Denkens für alle Fakultäten'
    const course = await call(token, 'POST', '/api/courses', { slug: 'phone', title: long })
    const module = await call(token, 'POST', `/api/courses/${course.id}/modules`, { title: 'الوحدة الأولى: المصفوفات' })
    const material = await call(token, 'POST', `/api/modules/${module.id}/steps`, { kind: 'material', title: long, body_markdown: '# A\n\n`code`\n' })
    const step = await call(token, 'POST', `/api/modules/${module.id}/steps`, { kind: 'assignment', title: `${long}!` })
    const question_id = await aQuestion(token, 'A question with a rather long name')
    await call(token, 'POST', `/api/assignments/${step.assignment_id}/questions`, { question_id, points_override: 2.5 })
    const tests = Array.from({ length: 200 }, (_, n) => ({ key: `t${n}`, name: `case ${n}`, stdin: `${n}\n`, expected_stdout: `${n}\n` }))
    const many = await call(token, 'POST', '/api/questions', {
      slug: 'two-hundred',
      content: { title: 'Two hundred tests', spec: { kind: 'io', languages: { python: {} }, tests } },
    })
    const q = `/c/phone/teach/q/${question_id}`
    const addresses = [
      '/questions',
      '/new-course',
      '/c/phone/teach',
      '/c/phone/teach/people',
      '/c/phone/teach/submissions',
      '/c/phone/teach/settings',
      `/c/phone/teach/s/${material.id}`,
      `/c/phone/teach/s/${step.id}`,
      '/c/phone/teach/q/new',
      ...['statement', 'code', 'tests', 'try', 'versions'].map((tab) => `${q}?tab=${tab}`),
      `/c/phone/teach/q/${many.id}?tab=tests`,
    ]
    for (const address of addresses) {
      await page.goto(address)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.waitForLoadState('networkidle')
      await expectNoSidewaysScroll(page, address)
      await expectAccessible(page, `${address} on a phone in the dark`)
    }
    // Two hundred tests: the last one opens and is written without a wait.
    await page.getByRole('button', { name: 'case 199' }).click()
    await page.getByLabel('Name', { exact: true }).fill('the very last')
    await page.getByRole('button', { name: 'the very last' }).waitFor()
    expect(await page.getByRole('button', { name: 'Add a test' }).isDisabled()).toBe(true)
    expect(complaints).toEqual([])
    await context.close()
  }, 180_000)

  test('the submissions of a course, and one of them', async () => {
    const { call, tokenOf, aTeacher, aQuestion } = teachers
    const { page, complaints, context } = await aTeacher('Ida Rhodes', 'ida@example.org')
    const token = await tokenOf('ida@example.org')
    const course = await call(token, 'POST', '/api/courses', { slug: 'handed-in', title: 'Handed in' })
    const module = await call(token, 'POST', `/api/courses/${course.id}/modules`, { title: 'Week 1' })
    const step = await call(token, 'POST', `/api/modules/${module.id}/steps`, { kind: 'assignment', title: 'Homework', state: 'published' })
    const question_id = await aQuestion(token, 'Say it')
    const placed = await call(token, 'POST', `/api/assignments/${step.assignment_id}/questions`, { question_id })
    await call(token, 'PATCH', `/api/courses/${course.id}`, { state: 'published' })
    const { code } = await call(token, 'POST', `/api/courses/${course.id}/join-codes`, {})
    await page.goto('/c/handed-in/teach/submissions')
    await page.getByText('Nobody has handed in yet').waitFor()

    const learner = await visit(browser, product.base_url)
    await register(learner.page, 'Annie Easley', 'annie@example.org', PASSWORD)
    await learner.context.close()
    const learner_token = await tokenOf('annie@example.org')
    await call(learner_token, 'POST', '/api/join', { code })
    for (const [n, text] of ['Say it', 'Say what?'].entries()) {
      const response = await fetch(`${product.base_url}/api/assignment-questions/${placed.id}/submissions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${learner_token}`, 'content-type': 'application/json', 'idempotency-key': `journey-${n}-key` },
        body: JSON.stringify({ language: 'python', code: `print(${JSON.stringify(text)})\n` }),
      })
      expect(response.status).toBe(201)
    }
    // They arrive by themselves, and so do their verdicts.
    const table = page.getByRole('table')
    await table.getByText('Accepted').waitFor(GRADED)
    await table.getByText('Wrong answer').waitFor(GRADED)
    await expectNoSidewaysScroll(page, 'submissions')
    await expectAccessible(page, 'submissions')
    // A filter stands in the address.
    await page.getByLabel('Verdict').selectOption('wrong_answer')
    await page.waitForURL('**verdict=wrong_answer')
    await expect.poll(() => table.getByRole('row').count()).toBe(2)
    await page.getByLabel('Student').fill('annie')
    await page.waitForURL('**search=annie')
    await table.getByRole('row').nth(1).getByRole('link').first().click()
    await page.getByRole('heading', { level: 1, name: 'Annie Easley, attempt 2' }).waitFor()
    await page.getByText('Say what?').first().waitFor()
    await page.getByText('0 / 1 point').first().waitFor()
    await expectAccessible(page, 'one hand-in')
    await page.setViewportSize({ width: 390, height: 844 })
    await expectNoSidewaysScroll(page, 'one hand-in on a phone')
    await page.goBack()
    await page.waitForURL('**search=annie')
    await expectNoSidewaysScroll(page, 'submissions on a phone')
    expect(complaints).toEqual([])
    await context.close()
  }, 180_000)

  test('the administrator allows, locks out and lets in, on a phone', async () => {
    const { page, complaints, context } = await visit(browser, product.base_url, { width: 390 })
    const someone = await visit(browser, product.base_url)
    await register(someone.page, 'Some One', 'someone@example.org', PASSWORD)
    await signIn(page, ADMIN.email, ADMIN.password)
    for (const address of ['/admin/system', '/admin/people']) {
      await page.goto(address)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.waitForLoadState('networkidle')
      await expectNoSidewaysScroll(page, address)
      await expectAccessible(page, address)
    }
    await page.getByLabel('Find a person').fill('someone@')
    await page.waitForURL('**search=someone%40')
    await page.getByRole('switch', { name: 'Some One makes courses' }).press('Space')
    await page.getByRole('switch', { name: 'Some One makes courses', checked: true }).waitFor()
    await someone.page.reload()
    await someone.page.getByRole('link', { name: 'New course' }).waitFor()
    await page.getByRole('button', { name: 'Lock out: Some One' }).click()
    await page.getByText('is signed out everywhere').waitFor()
    await expectAccessible(page, 'locking out')
    await confirm(page, 'Lock out')
    await page.getByText('Locked out', { exact: true }).waitFor()
    await someone.page.goto('/account')
    await someone.page.waitForURL('**/sign-in?**')
    await page.getByRole('button', { name: 'Let in again: Some One' }).click()
    await confirm(page, 'Let in again')
    await signIn(someone.page, 'someone@example.org', PASSWORD)
    expect(complaints).toEqual([])
    await context.close()
    await someone.context.close()
  }, 120_000)
})
