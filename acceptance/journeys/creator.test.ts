import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Product, startProduct } from '../product.ts'
import { expectAccessible, expectNoSidewaysScroll, hasBrowser, openBrowser, signIn, type Visitor, visit } from './browser.ts'
import { confirm, PASSWORD, teachersOf } from './teachers.ts'

/** J4, steps 4, 5 and 8, and the life of a certificate, in Chromium, against the product as `npm start` runs it. */
describe.skipIf(!hasBrowser)('J4: a creator sees where learners stop, and certificates prove who did not', () => {
  let product: Product
  let browser: Browser
  let teachers: ReturnType<typeof teachersOf>
  beforeAll(async () => {
    product = await startProduct({ GRADUS_DEMO: 'off', GRADUS_WORKERS: '1' })
    browser = await openBrowser()
    teachers = teachersOf(product, browser, await product.adminToken())
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await product?.stop()
  })

  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(product.base_url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: product.base_url, ...headers },
      body: JSON.stringify(body),
    })

  /** A new account and its token. */
  async function anAccount(display_name: string, email: string): Promise<{ id: string; token: string }> {
    const response = await post('/api/auth/register', { email, password: PASSWORD, display_name })
    expect(response.status, await response.clone().text()).toBe(201)
    const { id } = (await response.json()) as { id: string }
    return { id, token: await teachers.tokenOf(email) }
  }

  /** A published course of two modules with two materials each, and a code to join it. */
  async function aCourse(token: string, slug: string, title: string) {
    const { call } = teachers
    const course = await call(token, 'POST', '/api/courses', { slug, title })
    const steps: string[] = []
    for (const name of ['Counting', 'Measuring']) {
      const module = await call(token, 'POST', `/api/courses/${course.id}/modules`, { title: name })
      for (const part of ['first', 'second']) {
        const step = { kind: 'material', title: `${name}, ${part} part`, body_markdown: 'Read this.', state: 'published' }
        steps.push((await call(token, 'POST', `/api/modules/${module.id}/steps`, step)).id!)
      }
    }
    await call(token, 'PATCH', `/api/courses/${course.id}`, { state: 'published' })
    const { code } = await call(token, 'POST', `/api/courses/${course.id}/join-codes`, {})
    const join = (learner: { token: string }) => call(learner.token, 'POST', '/api/join', { code })
    return { id: course.id!, steps, join }
  }
  const complete = (learner: { token: string }, step_id: string) =>
    teachers.call<{ certificate: { serial: string } | null }>(learner.token, 'POST', '/api/progress/complete', { step_id })

  /** What the four cards, the activity, the funnel and the heatmap say. */
  const figures = (page: Page) =>
    page.evaluate(() => ['figures', 'funnel', 'steps'].map((id) => document.querySelector(`section[aria-labelledby=${id}]`)?.textContent ?? ''))

  const everyLook = async (page: Page, where: string): Promise<void> => {
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme })
      // Some controls fade from one colour to the other.
      await page.waitForTimeout(300)
      await expectAccessible(page, `${where}, ${colorScheme}`)
    }
    await page.setViewportSize({ width: 390, height: 844 })
    await expectNoSidewaysScroll(page, `${where} on a phone`)
    await expectAccessible(page, `${where} on a phone`)
    await page.setViewportSize({ width: 1280, height: 800 })
  }

  test('the learners of a course: figures, people behind them, and what happens when a part fails', async () => {
    const { tokenOf, aTeacher, call } = teachers
    const { page, complaints, context } = await aTeacher('Grace Hopper', 'grace@example.org')
    const token = await tokenOf('grace@example.org')
    const course = await aCourse(token, 'numbers', 'Numbers')
    await page.goto('/c/numbers/teach')
    await page.getByRole('link', { name: 'Learners' }).click()
    await page.getByText('Nobody is enrolled yet').waitFor()
    await everyLook(page, 'learners without learners')
    expect(await page.getByText('–', { exact: true }).count()).toBe(2)

    const ada = await anAccount('Ada Lovelace', 'ada@example.org')
    const formula = await anAccount('=HYPERLINK("http://evil")', 'formula@example.org')
    const long = await anAccount(`${'Abcdefghij'.repeat(7)} ${'ﷺ'.repeat(8)}`, 'long@example.org')
    for (const learner of [ada, formula, long]) await course.join(learner)
    for (const step of course.steps) await complete(ada, step)
    await complete(formula, course.steps[0]!)

    // 4. Four cards, activity bar and heatmap above the table.
    await page.reload()
    const card = (name: string) =>
      page
        .locator('dl > div', { has: page.getByText(name, { exact: true }) })
        .locator('dd')
        .first()
    await page.getByRole('heading', { name: 'In numbers' }).waitFor()
    expect(await card('Enrolled').textContent()).toBe('3')
    expect(await card('Completed the course').textContent()).toBe('1')
    expect(await card('Average progress').textContent()).toBe('41.6 %')
    expect(await card('Median progress').textContent()).toBe('25 %')
    const buckets = await page.getByRole('list', { name: 'Last active' }).getByRole('link').allTextContents()
    expect(buckets.map(Number)).toEqual([2, 0, 0, 0, 1])
    expect(await page.getByText('no attempts', { exact: true }).count()).toBe(4)
    const table = page.getByRole('table')
    expect(await table.getByRole('row').count()).toBe(4)
    await everyLook(page, 'learners')

    // Guests change no number, nor does somebody with an account who is not enrolled. The door is opened on the page.
    const before = await figures(page)
    await page.goto('/c/numbers/teach/settings')
    await page.getByRole('switch', { name: 'Open to everybody' }).press('Space')
    await page.getByText('Visitors without an account can read').waitFor()
    await expectAccessible(page, 'settings')
    await page.getByRole('button', { name: 'Save the settings' }).click()
    await page.getByText('The settings are saved.').waitFor()
    const passer = await anAccount('Passing By', 'passer@example.org')
    for (const step of course.steps) await complete(passer, step)
    for (let guest = 0; guest < 3; guest++) {
      const first = await post('/api/progress/complete', { step_id: course.steps[0] })
      const cookie = first.headers
        .getSetCookie()
        .find((each) => each.startsWith('sll_anon='))!
        .split(';')[0]!
      for (const step_id of course.steps) expect((await post('/api/progress/complete', { step_id }, { cookie })).status).toBe(200)
    }
    await page.goto('/c/numbers/teach/learners')
    await page.getByRole('heading', { name: 'In numbers' }).waitFor()
    await table.waitFor()
    const sinceThen = /As of [^.]*\./
    expect((await figures(page)).map((text) => text.replace(sinceThen, ''))).toEqual(before.map((text) => text.replace(sinceThen, '')))

    // Every figure leads to the people behind it, and the address keeps it.
    await card('Completed the course').getByRole('link').click()
    await page.waitForURL('**progress=done**')
    await expect.poll(() => table.getByRole('row').count()).toBe(2)
    await table.getByRole('button', { name: 'Ada Lovelace' }).waitFor()
    await page.getByRole('link', { name: '2 reached' }).click()
    await expect.poll(() => table.getByRole('row').count()).toBe(3)
    await page.getByLabel('What they did there').selectOption('unfinished')
    await expect.poll(() => table.getByRole('row').count()).toBe(2)
    await page.reload()
    await table.getByText('formula@example.org').waitFor()
    expect(await table.getByRole('row').count()).toBe(2)
    await page.getByRole('button', { name: 'Show every module' }).click()
    await expect.poll(() => table.getByRole('row').count()).toBe(4)
    await page.getByLabel('Order').selectOption('-progress')
    await expect.poll(() => table.getByRole('row').nth(1).textContent()).toContain('Ada')
    await page.getByLabel('Find a learner').fill('long@')
    await page.waitForURL('**search=long%40**')
    await expect.poll(() => table.getByRole('row').count()).toBe(2)
    await page.getByLabel('Find a learner').fill('')
    await expect.poll(() => table.getByRole('row').count()).toBe(4)

    // The CSV opens as text in a spreadsheet, whatever people are called.
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download all as CSV' }).click()])
    expect(download.suggestedFilename()).toBe('numbers-learners.csv')
    const csv = await readFile((await download.path())!, 'utf8')
    expect(csv.startsWith('\ufeff"name","email","progress_percent"')).toBe(true)
    expect(csv).toContain(`"'=HYPERLINK(""http://evil"")"`)
    expect(csv.trimEnd().split('\r\n')).toHaveLength(4)

    // 5. With the statistics down the table still shows, and the other way round.
    await page.route('**/aggregate-stats', (route) => route.fulfill({ status: 500, contentType: 'application/json', body: '{}' }))
    await page.goto('/c/numbers/teach/learners')
    await page.getByText('The figures could not be shown').waitFor()
    await table.getByRole('button', { name: 'Ada Lovelace' }).waitFor()
    await everyLook(page, 'learners without statistics')
    await page.unroute('**/aggregate-stats')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'In numbers' }).waitFor()
    await page.route('**/enrolled-learners', (route) => route.fulfill({ status: 500, contentType: 'application/json', body: '{}' }))
    await page.goto('/c/numbers/teach/learners')
    await page.getByText('The learners could not be shown').waitFor()
    expect(await card('Enrolled').textContent()).toBe('3')
    await page.unroute('**/enrolled-learners')
    await page.getByRole('button', { name: 'Try again' }).click()
    await table.getByRole('button', { name: 'Ada Lovelace' }).waitFor()

    // A step is taken back, with a reason, and the figures follow.
    await table.scrollIntoViewIfNeeded()
    const place = await page.evaluate(() => window.scrollY)
    expect(place).toBeGreaterThan(0)
    await table.getByRole('button', { name: 'Ada Lovelace' }).click()
    const drawer = page.getByRole('dialog', { name: 'Ada Lovelace' })
    await drawer.getByText('Valid').waitFor()
    await expectAccessible(page, 'one learner')
    await drawer.getByRole('button', { name: 'Take back: Counting, first part' }).click()
    const asks = page.getByRole('dialog', { name: 'Take this step back?' })
    expect(await asks.getByRole('button', { name: 'Take it back' }).isDisabled()).toBe(true)
    await asks.getByLabel('Reason').fill('Marked by mistake')
    await expectAccessible(page, 'taking a step back')
    await asks.getByRole('button', { name: 'Take it back' }).click()
    await drawer.getByText('1 of 2 steps done').waitFor()
    // Closing leaves the reader where they were, with the keyboard on the learner.
    await page.keyboard.press('Escape')
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Ada Lovelace')
    expect(await page.evaluate(() => window.scrollY)).toBe(place)
    await expect.poll(() => card('Completed the course').textContent()).toBe('0')

    // 8. Another creator gets 403, from the API and on the page.
    const other = await aTeacher('Other Creator', 'other@example.org')
    const other_token = await tokenOf('other@example.org')
    for (const what of ['aggregate-stats', 'enrolled-learners', `enrolled-learners/${ada.id}`]) {
      const answer = await fetch(`${product.base_url}/api/auth/creator/courses/${course.id}/${what}`, {
        headers: { authorization: `Bearer ${other_token}` },
      })
      expect(answer.status, what).toBe(403)
    }
    await other.page.goto('/c/numbers/teach/learners')
    await other.page.getByText('This page is for those who make the course').waitFor()
    expect(await other.page.getByRole('table').count()).toBe(0)
    await expectAccessible(other.page, 'refused')
    await call(token, 'PATCH', `/api/courses/${course.id}`, { is_open_to_guests: false })
    await other.page.goto('/c/numbers/teach/learners')
    await other.page.getByText('it is not yours to see').waitFor()
    expect(complaints).toEqual([])
    expect(other.complaints).toEqual([])
    await other.context.close()
    await context.close()
  }, 300_000)

  test('a certificate: not yet, issued, printed, verified by a stranger, outgrown, revoked', async () => {
    const { tokenOf, aTeacher, call } = teachers
    const teacher = await aTeacher('Thea Brandt', 'thea@example.org')
    const token = await tokenOf('thea@example.org')
    const course = await aCourse(token, 'proof', 'Proof and שאלות, Доказательства')
    const name = 'Şükrü Łukasiewicz-Ангелова'
    const learner = await anAccount(name, 'lukas@example.org')
    await course.join(learner)
    const { page, complaints, context }: Visitor = await visit(browser, product.base_url)
    await signIn(page, 'lukas@example.org', PASSWORD)
    for (const step of course.steps.slice(0, 3)) await complete(learner, step)
    await page.goto('/c/proof/certificate')
    await page.getByText('Not yet: 3 of 4 steps done').waitFor()
    await everyLook(page, 'no certificate yet')
    const { serial } = (await complete(learner, course.steps[3]!)).certificate!
    await page.reload()
    const sheet = page.getByRole('region', { name: `Certificate ${serial}` })
    await sheet.getByText('This certificate is valid').waitFor()
    await sheet.getByText(name).waitFor()
    await sheet.getByText('100 %').waitFor()
    await everyLook(page, 'certificate')
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download as PDF' }).click()])
    expect(download.suggestedFilename()).toBe('certificate.pdf')
    expect((await readFile((await download.path())!)).subarray(0, 5).toString()).toBe('%PDF-')

    // Verified by somebody without an account, however the serial is typed.
    const stranger = await visit(browser, product.base_url)
    const verify = async (typed: string) => {
      await stranger.page.goto('/verify')
      await stranger.page.getByLabel('Serial').fill(typed)
      await stranger.page.getByRole('button', { name: 'Verify' }).click()
    }
    await verify(serial.toLowerCase().replaceAll('-', ' '))
    await stranger.page.getByText('This certificate is valid').waitFor()
    await stranger.page.getByText(name).waitFor()
    await everyLook(stranger.page, 'a valid certificate, verified')
    await stranger.page.goto(`/verify/${serial}`)
    await stranger.page.getByText('This certificate is valid').waitFor()
    await verify('0000-0000-0000-0000')
    await stranger.page.getByText('No certificate has this serial').waitFor()
    await everyLook(stranger.page, 'an unknown serial')

    // A step added later leaves the certificate and shows the new progress (G21).
    const { modules } = await call<{ modules: { id: string }[] }>(token, 'GET', `/api/courses/${course.id}`)
    await call(token, 'POST', `/api/modules/${modules[0]!.id}/steps`, { kind: 'material', title: 'Later', body_markdown: 'x', state: 'published' })
    await page.reload()
    await page.getByText('You have done 4 of its 5 steps now.').waitFor()
    await sheet.getByText('This certificate is valid').waitFor()

    // Revoked on the learner's page of the dashboard, with a reason that everybody can read.
    await teacher.page.goto(`/c/proof/teach/learners?learner=${learner.id}`)
    const drawer = teacher.page.getByRole('dialog', { name })
    await drawer.getByRole('button', { name: 'Revoke the certificate' }).click()
    await teacher.page.getByLabel('Reason').fill('The work was somebody else’s')
    await expectAccessible(teacher.page, 'revoking')
    await confirm(teacher.page, 'Revoke it')
    await drawer.getByText('The work was somebody else’s').waitFor()
    await expectAccessible(teacher.page, 'a revoked certificate in the drawer')
    await stranger.page.goto(`/verify/${serial}`)
    await stranger.page.getByText('This certificate was revoked').waitFor()
    await stranger.page.getByText('The work was somebody else’s').waitFor()
    await everyLook(stranger.page, 'a revoked certificate, verified')
    await page.reload()
    await page.getByText('It does not count any more').waitFor()
    expect(await page.getByRole('link', { name: 'Download as PDF' }).count()).toBe(0)
    await everyLook(page, 'a revoked certificate')
    for (const each of [complaints, stranger.complaints, teacher.complaints]) expect(each).toEqual([])
    for (const each of [context, stranger.context, teacher.context]) await each.close()
  }, 300_000)
})
