import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Product, startProduct } from '../product.ts'
import { expectAccessible, expectNoSidewaysScroll, hasBrowser, openBrowser, register, signIn, visit } from './browser.ts'
import { guestCookies, kept, markDone, openCoursesOf, progressIn, signInToBeAsked } from './open-course.ts'
import { PASSWORD, teachersOf } from './teachers.ts'

/** Beside the journey itself: what a guest’s pages and the outbox must bear, in Chromium, against the product as `npm start` runs it. */
describe.skipIf(!hasBrowser)('the guest’s pages', () => {
  let product: Product
  let browser: Browser
  let teachers: ReturnType<typeof teachersOf>
  let admin: string
  let anOpenCourse: ReturnType<typeof openCoursesOf>
  beforeAll(async () => {
    product = await startProduct({ GRADUS_DEMO: 'off', GRADUS_WORKERS: '2' })
    browser = await openBrowser()
    admin = await product.adminToken()
    teachers = teachersOf(product, browser, admin)
    anOpenCourse = openCoursesOf(teachers, admin)
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await product?.stop()
  })

  test('G22: on a shared computer the guest’s work is left to the guest who did it', async () => {
    const course = await anOpenCourse('shared', 2)
    const { page, context } = await visit(browser, product.base_url)
    await register(page, 'Shares A. Computer', 'shared@example.org', PASSWORD)
    await markDone(page, course.pages[2]!)
    await expect.poll(() => progressIn(page, course)).toMatchObject([{}, {}, { completed: true }, {}])
    await page.getByRole('button', { name: /^You/ }).first().click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Begin without an account' }).waitFor()
    await markDone(page, course.pages[3]!)
    await expect.poll(() => progressIn(page, course)).toMatchObject([{}, {}, { completed: false }, { completed: true }])
    await signInToBeAsked(page, 'shared@example.org')
    await page.getByRole('button', { name: 'Leave it' }).click()
    await page.waitForURL((url) => url.pathname !== '/sign-in')
    expect(await progressIn(page, course)).toMatchObject([{}, {}, { completed: true }, { completed: false }])
    await context.close()
  }, 200_000)

  test('what the server refuses is kept with its reason, tried again or discarded; nothing of it holds the rest up', async () => {
    const course = await anOpenCourse('refused', 2)
    const { page, context } = await visit(browser, product.base_url)
    await page.goto(course.pages[2]!)
    await page.getByRole('button', { name: 'Mark as done' }).waitFor()
    await context.setOffline(true)
    await page.getByRole('button', { name: 'Mark as done' }).click()
    await kept(page).getByText('Offline: 1 thing kept on this device.').waitFor()
    // Meanwhile the teacher hides that step.
    await teachers.call(admin, 'PATCH', `/api/steps/${course.steps[2]}`, { state: 'draft' })
    await context.setOffline(false)
    await page.goto(course.pages[3]!)
    await page.getByRole('button', { name: 'Mark as done' }).click()
    await expect.poll(() => progressIn(page, course)).toMatchObject([{}, {}, { step_id: course.steps[3], completed: true }])
    await kept(page).getByText('On this device: 1 thing the server refused.').waitFor()
    await kept(page).getByRole('button', { name: 'Show' }).click()
    const list = page.getByRole('dialog', { name: 'Kept on this device' })
    await list.getByText('There is nothing here, or it is not yours to see.').waitFor()
    await expectAccessible(page, 'what was refused')
    await list.getByRole('button', { name: /^Discard/ }).click()
    await page.getByRole('dialog', { name: 'Discard this?' }).getByRole('button', { name: 'Discard', exact: true }).click()
    await list.getByText('The server has everything you did here.').waitFor()
    await page.keyboard.press('Escape')
    expect(await kept(page).innerText()).toBe('')
    await context.close()
  }, 200_000)

  test('two tabs: one sends for both, one after the other, each thing once', async () => {
    const course = await anOpenCourse('tabs', 2)
    const { page, context } = await visit(browser, product.base_url)
    await page.goto(course.pages[2]!)
    const second = await context.newPage()
    await second.goto(course.pages[3]!)
    const sent: string[] = []
    let open = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    await context.route('**/api/progress/complete', async (route) => {
      sent.push((route.request().postDataJSON() as { step_id: string }).step_id)
      await gate
      await route.continue()
    })
    await page.getByRole('button', { name: 'Mark as done' }).click()
    await expect.poll(() => sent.length).toBe(1)
    await second.getByRole('button', { name: 'Mark as done' }).click()
    await second.getByText(/^Done/).waitFor()
    await kept(second).getByText('Sending 2 things…').waitFor()
    expect(sent).toHaveLength(1)
    open()
    await expect.poll(() => progressIn(page, course)).toMatchObject([{}, {}, { completed: true }, { completed: true }])
    for (const tab of [page, second]) await expect.poll(() => kept(tab).innerText()).toBe('')
    expect(sent).toEqual([course.steps[2], course.steps[3]])
    await context.close()
  }, 120_000)

  test('a session that ends: what is kept waits for its user, and goes out under nobody else’s name', async () => {
    const course = await anOpenCourse('ended')
    const other = await visit(browser, product.base_url)
    await register(other.page, 'Somebody Else', 'else@example.org', PASSWORD)
    await other.context.close()
    const { page, context } = await visit(browser, product.base_url)
    await register(page, 'Was Signed In', 'ended@example.org', PASSWORD)
    await page.goto(course.pages[2]!)
    await page.getByRole('button', { name: 'Mark as done' }).waitFor()
    await context.clearCookies({ name: 'gradus_session' })
    await page.getByRole('button', { name: 'Mark as done' }).click()
    await kept(page).getByText('Not sent: 1 thing kept on this device until you sign in again.').waitFor()
    expect(await guestCookies(context)).toEqual([])
    await signIn(page, 'else@example.org', PASSWORD)
    await page.goto('/c/ended')
    await page.getByText('0 of 3 steps done').waitFor()
    expect(await progressIn(page, course)).toMatchObject([{}, {}, { completed: false }])
    await page.getByRole('button', { name: /^You/ }).first().click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Begin without an account' }).waitFor()
    await signIn(page, 'ended@example.org', PASSWORD)
    await expect.poll(() => progressIn(page, course)).toMatchObject([{}, {}, { completed: true }])
    await expect.poll(() => kept(page).innerText()).toBe('')
    await context.close()
  }, 120_000)

  test('what could not be taken over yet is said, and so is that it was', async () => {
    const course = await anOpenCourse('owed')
    const { page, context } = await visit(browser, product.base_url)
    await markDone(page, course.pages[2]!)
    await expect.poll(() => progressIn(page, course)).toMatchObject([{}, {}, { completed: true }])
    // The fault itself is injected in the server's own tests; here its answer is put into the page's way.
    await context.route('**/api/auth/register', async (route) => {
      const response = await route.fetch()
      const body = (await response.json()) as { guest_work: object }
      await route.fulfill({ response, json: { ...body, guest_work: { ...body.guest_work, state: 'pending', courses: [] } } })
    })
    await register(page, 'Is Owed', 'owed@example.org', PASSWORD)
    await page.getByText('What you did as a guest is not in your account yet').waitFor()
    await expectAccessible(page, 'guest work that is owed')
    await page.getByText('What you did as a guest is in your account now.').waitFor()
    expect(await progressIn(page, course)).toMatchObject([{}, {}, { completed: true }])
    await context.close()
  }, 120_000)

  test('on a phone, in the dark: the guest’s pages fit, and the editor keeps its place', async () => {
    const course = await anOpenCourse('narrow')
    const { page, context } = await visit(browser, product.base_url, { width: 390, dark: true })
    for (const address of ['/', '/c/narrow', course.pages[0]!, course.pages[2]!, '/sign-in?next=/c/narrow']) {
      await page.goto(address)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await expectNoSidewaysScroll(page, address)
      await expectAccessible(page, `${address} on a phone in the dark`)
    }
    await page.goto(`${course.pages[0]}?view=code`)
    const button = page.getByRole('button', { name: 'Hand in' })
    await button.waitFor()
    const box = (await button.boundingBox())!
    expect(box.y + box.height).toBeLessThanOrEqual(800)
    await context.close()
  }, 120_000)

  test('a course that is not open sends a visitor to sign in, and makes no guest', async () => {
    const closed = await teachers.call(admin, 'POST', '/api/courses', { slug: 'closed', title: 'Closed' })
    await teachers.call(admin, 'PATCH', `/api/courses/${closed.id}`, { state: 'published' })
    const { page, context } = await visit(browser, product.base_url)
    await page.goto('/c/closed')
    await page.getByText('This course is for people with an account.').waitFor()
    expect(new URL(page.url()).searchParams.get('next')).toBe('/c/closed')
    expect(await guestCookies(context)).toEqual([])
    await context.close()
  }, 60_000)
})
