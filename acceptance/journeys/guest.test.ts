import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Product, startProduct } from '../product.ts'
import { expectAccessible, hasBrowser, openBrowser, register, signIn, visit, writeCode } from './browser.ts'
import { guestCookies, handIn, kept, markDone, openCoursesOf, progressIn, results, type StepProgress, signInToBeAsked, solve } from './open-course.ts'
import { GRADED, PASSWORD, teachersOf } from './teachers.ts'

/** J3 and the checks that the original’s authors made by hand (R54), in Chromium, against the product as `npm start` runs it. */
describe.skipIf(!hasBrowser)('J3: a learner without an account', () => {
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

  test('from a first look to an account of one’s own, offline in between', async () => {
    const course = await anOpenCourse('open')
    const { page, context, complaints } = await visit(browser, product.base_url)

    // 1. Opens a course signed out; one guest cookie. Before that the visitor has none.
    await page.goto('/')
    await page.getByRole('heading', { name: 'Begin without an account' }).waitFor()
    expect(await guestCookies(context)).toEqual([])
    await page.getByRole('link', { name: 'Course open' }).click()
    await page.getByRole('heading', { level: 1, name: 'Course open' }).waitFor()
    await page.getByText('You are working as a guest. Your work is kept on this browser').waitFor()
    await page.getByText('0 of 3 steps done').waitFor()
    const [cookie, ...more] = await guestCookies(context)
    expect([cookie?.httpOnly, cookie?.sameSite, cookie?.path, more]).toEqual([true, 'Lax', '/', []])
    await expectAccessible(page, 'course as a guest')

    // 2. Fails, then solves step 1: two attempts, done, without a reload.
    await page.goto(course.pages[0]!)
    await handIn(page, 'print("something else")\n')
    await results(page).getByText('Wrong answer').first().waitFor(GRADED)
    expect(await progressIn(page, course)).toMatchObject([{ attempts: 1, completed: false }, {}, {}])
    await handIn(page, 'print("open one")\n')
    await results(page).getByText('Accepted').first().waitFor(GRADED)
    await expect.poll(() => progressIn(page, course)).toMatchObject([{ attempts: 2, completed: true, score: 1 }, { attempts: 0 }, {}])
    await expectAccessible(page, 'question as a guest')
    await page.getByRole('link', { name: 'Course open' }).click()
    await page.getByText('1 of 3 steps done').waitFor()
    expect(await guestCookies(context)).toHaveLength(1)

    // 3. A second browser sees none of it.
    const second = await visit(browser, product.base_url)
    await second.page.goto('/c/open')
    await second.page.getByText('0 of 3 steps done').waitFor()
    expect((await progressIn(second.page, course)).every((step) => !step.completed && step.attempts === 0)).toBe(true)
    await second.context.close()

    // 4. Goes offline, solves step 2, closes the tab, reopens online: saved once.
    await page.goto(course.pages[1]!)
    await page.getByRole('textbox', { name: /Your Python code/ }).waitFor()
    await context.setOffline(true)
    await handIn(page, 'print("open two")\n')
    await kept(page).getByText('Offline: 1 thing kept on this device.').waitFor()
    await expectAccessible(page, 'offline')
    await page.close()
    await context.setOffline(false)
    const again = await context.newPage()
    await again.goto('/c/open')
    await expect.poll(() => progressIn(again, course), GRADED).toMatchObject([{}, { attempts: 1, completed: true, score: 1 }, {}])
    await again.getByText('2 of 3 steps done').waitFor(GRADED)
    expect(await kept(again).innerText()).toBe('')

    // Code that is written and not handed in belongs to the guest too.
    await again.goto(course.pages[0]!)
    const editor = again.getByRole('textbox', { name: /Your Python code/ })
    await editor.waitFor()
    await writeCode(again, editor, 'print("an unsent thought")\n')
    await again.getByText(/Kept on this device/).waitFor()

    // 5. Registers: steps 1 and 2 on the new account, the cookie gone, the guest's rows gone.
    const token = (await guestCookies(context))[0]!.value
    await again.getByRole('note').getByRole('link', { name: 'register' }).click()
    await again.getByLabel('Your name').fill('Once A. Guest')
    await again.getByLabel('E-mail address').fill('once@example.org')
    await again.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
    await again.getByRole('button', { name: 'Make the account' }).click()
    await again.getByText('2 steps and 3 attempts from before you signed in are now yours.').waitFor()
    await again.waitForURL(`**${course.pages[0]}`)
    await editor.getByText('an unsent thought').waitFor()
    await again.goto('/c/open')
    await again.getByText('2 of 3 steps done').waitFor()
    expect(await progressIn(again, course)).toMatchObject([{ attempts: 2, completed: true }, { attempts: 1, completed: true }, {}])
    expect(await guestCookies(context)).toEqual([])
    const left = await fetch(`${product.base_url}/api/progress/${course.id}`, { headers: { cookie: `sll_anon=${token}` } })
    expect(left.headers.get('set-cookie')).toMatch(/^sll_anon=/)
    expect(((await left.json()) as { steps: StepProgress[] }).steps.every((step) => step.attempts === 0 && !step.completed)).toBe(true)
    // Enrols of their own will (R53), and reads the last text: the course is done, and leads to its certificate.
    await again.getByRole('button', { name: 'Enrol in this course' }).click()
    await again.getByText('You are enrolled in Course open').waitFor()
    await again.getByRole('button', { name: 'Enrol in this course' }).waitFor({ state: 'detached' })
    await again.getByRole('link', { name: 'Text 1' }).click()
    await again.getByRole('button', { name: 'Mark as done' }).click()
    await again.getByText('Done', { exact: true }).waitFor()
    await again.goto('/c/open')
    await again.getByText('You have done every step of this course.').waitFor()
    await again.getByText('3 of 3 steps done').waitFor()
    await expectAccessible(again, 'course done')
    await again.getByRole('link', { name: 'See your certificate' }).click()
    await again.waitForURL('**/c/open/certificate')
    await again.getByRole('main').getByText('Once A. Guest').waitFor()
    await context.close()

    // 6. Later works as a guest elsewhere and signs in: asked first, then the maximum, the sum and the union.
    const elsewhere = await visit(browser, product.base_url)
    await solve(elsewhere.page, course.pages[0]!, 'open one')
    await signInToBeAsked(elsewhere.page, 'once@example.org')
    await elsewhere.page.getByText('Course open: 1 step and 1 attempt').waitFor()
    await expectAccessible(elsewhere.page, 'the question whose work it is')
    await elsewhere.page.getByRole('button', { name: 'It was me: add it' }).click()
    await elsewhere.page.getByText('1 step and 1 attempt from before you signed in are now yours.').waitFor()
    expect(await progressIn(elsewhere.page, course)).toMatchObject([
      { attempts: 3, completed: true, score: 1 },
      { attempts: 1, completed: true },
      { completed: true },
    ])
    expect(await guestCookies(elsewhere.context)).toEqual([])
    await elsewhere.context.close()

    // 7. With a forged cookie sees nothing of others.
    const forger = await visit(browser, product.base_url)
    await forger.context.addCookies([{ name: 'sll_anon', value: token, url: product.base_url }])
    await forger.page.goto('/c/open')
    await forger.page.getByText('0 of 3 steps done').waitFor()
    expect((await guestCookies(forger.context)).map((each) => each.value)).not.toContain(token)
    await forger.context.close()
    expect(complaints).toEqual([])
  }, 400_000)

  test('R54, R29: marks a step, closes the tab before any answer, comes back: it is still there, and was done once', async () => {
    const course = await anOpenCourse('quick', 2)
    const { page, context } = await visit(browser, product.base_url)
    await page.goto(course.pages[2]!)
    await page.getByRole('button', { name: 'Mark as done' }).waitFor()
    let is_held = true
    const sent: string[] = []
    await context.route('**/api/progress/complete', async (route) => {
      sent.push(route.request().headers()['idempotency-key']!)
      if (!is_held) await route.continue()
    })
    await page.getByRole('button', { name: 'Mark as done' }).click()
    await expect.poll(() => sent.length).toBe(1)
    await page.close()
    is_held = false
    const again = await context.newPage()
    await again.goto('/c/quick')
    await again.getByText('1 of 4 steps done').waitFor()
    await expect.poll(() => progressIn(again, course)).toMatchObject([{}, {}, { completed: true, attempts: 0 }, { completed: false }])
    expect(sent).toHaveLength(2)
    expect(new Set(sent).size).toBe(1)
    await context.close()
  }, 200_000)

  test('R54, R30: a fresh device shows what the server has before anything else, and what is kept offline is united with it', async () => {
    const course = await anOpenCourse('devices', 2)
    const first = await visit(browser, product.base_url)
    await register(first.page, 'Two Devices', 'devices@example.org', PASSWORD)
    await markDone(first.page, course.pages[2]!)
    await expect.poll(() => progressIn(first.page, course)).toMatchObject([{}, {}, { completed: true }, {}])

    const fresh = await visit(browser, product.base_url)
    await signIn(fresh.page, 'devices@example.org', PASSWORD)
    // Progress is slow: the page waits for it and never shows a done step as open.
    const shown: string[] = []
    await fresh.context.route(`**/api/progress/${course.id}`, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      shown.push(await fresh.page.locator('main').innerText())
      await route.continue()
    })
    await fresh.page.goto('/c/devices')
    await fresh.page.getByText('1 of 4 steps done').waitFor()
    expect(shown[0]).not.toContain('Text 1')
    await fresh.context.unroute(`**/api/progress/${course.id}`)

    // Offline, one device marks another step; it shows at once as done, and meets what the other device did meanwhile.
    await fresh.page.getByRole('link', { name: 'Text 2' }).click()
    await fresh.page.getByRole('button', { name: 'Mark as done' }).waitFor()
    await fresh.context.setOffline(true)
    await fresh.page.getByRole('button', { name: 'Mark as done' }).click()
    await kept(fresh.page).getByText('Offline: 1 thing kept on this device.').waitFor()
    await kept(fresh.page).getByRole('button', { name: 'Show' }).click()
    const list = fresh.page.getByRole('dialog', { name: 'Kept on this device' })
    await list.getByText('Mark “Text 2” as done').waitFor()
    await expectAccessible(fresh.page, 'what is kept')
    await fresh.page.keyboard.press('Escape')
    await fresh.page.getByRole('link', { name: 'Course devices' }).click()
    await fresh.page.getByText('2 of 4 steps done').waitFor()
    await solve(first.page, course.pages[0]!, 'devices one')
    await fresh.context.setOffline(false)
    await expect.poll(() => progressIn(first.page, course)).toMatchObject([{ completed: true }, {}, { completed: true }, { completed: true }])
    await fresh.page.reload()
    await fresh.page.getByText('3 of 4 steps done').waitFor()
    await first.context.close()
    await fresh.context.close()
  }, 300_000)

  test('R54, R33: three hand-ins are three attempts, and no client says otherwise', async () => {
    const course = await anOpenCourse('counted')
    const { page, context } = await visit(browser, product.base_url)
    await page.goto(course.pages[0]!)
    for (let attempt = 1; attempt <= 3; attempt++) {
      await handIn(page, `print("try ${attempt}")\n`)
      await results(page).getByText(`Attempt ${attempt}`).waitFor()
      await results(page).getByText('Wrong answer').first().waitFor(GRADED)
    }
    expect(await progressIn(page, course)).toMatchObject([{ attempts: 3, completed: false }, {}, {}])
    const refused = await page.evaluate(
      async (step_id) =>
        (
          await fetch('/api/progress/complete', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ step_id, score: 1, score_scale: 'unit' }),
          })
        ).status,
      course.steps[0]!,
    )
    expect(refused).toBe(409)
    expect(await progressIn(page, course)).toMatchObject([{ attempts: 3, completed: false }, {}, {}])
    await context.close()
  }, 200_000)
})
