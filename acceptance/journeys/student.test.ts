import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Product, startProduct } from '../product.ts'
import { expectAccessible, expectNoSidewaysScroll, hasBrowser, openBrowser, register, visit, writeCode } from './browser.ts'

/** J2, steps 1, 2, 4 and 5: an enrolled student, in Chromium, against the product as `npm start` runs it. */
describe.skipIf(!hasBrowser)('J2: a student joins, runs, hands in twice and reads the verdicts', () => {
  let product: Product
  let browser: Browser
  let code: string
  let closed: string
  beforeAll(async () => {
    product = await startProduct({ GRADUS_DEMO: 'on', GRADUS_WORKERS: '2' })
    browser = await openBrowser()
    const token = await product.adminToken()
    const call = async (method: string, path: string, body?: unknown) => {
      const response = await fetch(product.base_url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return response.status === 204 ? {} : ((await response.json()) as Record<string, string>)
    }
    const course = await call('GET', '/api/courses/first-steps')
    const first = await call('POST', `/api/courses/${course.id}/join-codes`, {})
    await call('DELETE', `/api/join-codes/${first.id}`)
    closed = first.code!
    code = (await call('POST', `/api/courses/${course.id}/join-codes`, {})).code!
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await product?.stop()
  })

  test('from the first visit to two graded attempts', async () => {
    const { page, complaints, context } = await visit(browser, product.base_url)

    // 1. Registers, types a join code; a wrong or closed code is told apart.
    await page.goto('/')
    await page.getByRole('heading', { level: 1 }).waitFor()
    await expectAccessible(page, 'welcome')
    await register(page, 'Ada “Zoë” Lovelace', 'ada@example.org', 'a long enough password')
    const join = async (typed: string) => {
      await page.goto('/join')
      await page.getByLabel(/code/i).fill(typed)
      await page.getByRole('button', { name: 'Join', exact: true }).click()
      await page.getByRole('button', { name: /^Join as/ }).click()
    }
    await join('ZZZZZZ')
    await page.getByText('No course has this join code').waitFor()
    await join(closed)
    await page.getByText('switched off, used up or past its time').waitFor()
    await join(`${code.slice(0, 3).toLowerCase()} ${code.slice(3)}`)

    // 2. Sees module, material and assignment, with the due time and its zone.
    await page.getByRole('heading', { level: 1, name: 'First Steps in Programming' }).waitFor()
    await page.waitForURL('**/c/first-steps')
    expect(await page.getByRole('heading', { level: 2 }).count()).toBeGreaterThanOrEqual(4)
    await page
      .getByText(/due .*\((UTC|GMT).*\)/i)
      .first()
      .waitFor()
    await expectAccessible(page, 'course')

    // 4. Runs the visible tests: no attempt is used.
    await page.goto(await addressOf('hello'))
    await page.getByRole('button', { name: 'Hand in' }).waitFor()
    const editor = page.getByRole('textbox', { name: /Your Python code/ })
    await editor.waitFor()
    await writeCode(page, editor, 'print("something else")\n')
    await page.getByRole('button', { name: 'Run visible tests' }).click()
    const results = page.getByRole('region', { name: 'Results' })
    await results.getByText('Wrong answer').first().waitFor({ timeout: 60_000 })
    await expectAccessible(page, 'question with results')
    expect(await attempts()).toBe(0)

    // 5. Hands in twice; both attempts are in the history with their results, without a reload.
    await page.getByRole('button', { name: 'Hand in' }).click()
    await results.getByText(/Attempt 1/).waitFor()
    await results.getByText('Wrong answer').first().waitFor({ timeout: 60_000 })
    const reference = await referenceOf('hello')
    await writeCode(page, editor, reference)
    await page.getByRole('button', { name: 'Hand in' }).click()
    await results.getByText(/Attempt 2/).waitFor()
    await results.getByText('Accepted').first().waitFor({ timeout: 60_000 })
    expect(await attempts()).toBe(2)
    await page
      .getByRole('button', { name: /attempts/i })
      .first()
      .click()
    const drawer = page.getByRole('dialog', { name: 'Your attempts' })
    await drawer.getByText('Accepted').first().waitFor()
    expect(await drawer.getByRole('listitem').count()).toBe(2)
    await expectAccessible(page, 'history')
    expect(complaints).toEqual([])
    await context.close()

    async function attempts(): Promise<number> {
      return page.evaluate(async (address) => {
        const [, assignment, number] = /\/a\/([^/]+)\/q\/(\d+)/.exec(address)!
        const a = (await (await fetch(`/api/assignments/${assignment}`)).json()) as { questions: { id: string }[] }
        const q = (await (await fetch(`/api/assignment-questions/${a.questions[Number(number) - 1]!.id}`)).json()) as { attempts_used: number }
        return q.attempts_used
      }, page.url())
    }
    /** Where the demo course asks a question, found as a student's browser may find it. */
    async function addressOf(title: string): Promise<string> {
      return page.evaluate(async (wanted) => {
        const course = (await (await fetch('/api/courses/first-steps')).json()) as { modules: { steps: { assignment_id: string | null }[] }[] }
        for (const step of course.modules.flatMap((m) => m.steps)) {
          if (step.assignment_id === null) continue
          const a = (await (await fetch(`/api/assignments/${step.assignment_id}`)).json()) as { questions: { title: string }[] }
          const at = a.questions.findIndex((q) => q.title.toLowerCase().includes(wanted))
          if (at >= 0) return `/c/first-steps/a/${step.assignment_id}/q/${at + 1}`
        }
        throw new Error(`the demo course asks nothing called ${wanted}`)
      }, title)
    }
    /** The reference solution, as only the question's readers get it. */
    async function referenceOf(search: string): Promise<string> {
      const token = await product.adminToken()
      const headers = { authorization: `Bearer ${token}` }
      const list = (await (await fetch(`${product.base_url}/api/questions?search=${search}`, { headers })).json()) as {
        questions: { id: string; latest_published: number }[]
      }
      const question = list.questions[0]!
      const version = (await (
        await fetch(`${product.base_url}/api/questions/${question.id}/versions/${question.latest_published}`, { headers })
      ).json()) as {
        content: { spec: { languages: { python: { reference: string } } } }
      }
      return version.content.spec.languages.python.reference
    }
  }, 240_000)

  test('on a phone, in the dark, by keyboard', async () => {
    const { page, context } = await visit(browser, product.base_url, { width: 390, dark: true })
    await register(page, 'م. Phone', 'phone@example.org', 'a long enough password')
    await page.goto(`/join/${code}`)
    await page.getByRole('button', { name: /^Join as/ }).click()
    await page.getByRole('heading', { level: 1, name: 'First Steps in Programming' }).waitFor()
    for (const address of ['/', '/c/first-steps', '/account', '/join']) {
      await page.goto(address)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await expectNoSidewaysScroll(page, address)
      await expectAccessible(page, `${address} on a phone in the dark`)
    }
    await page.goto('/c/first-steps')
    const seen = new Set<string>()
    for (let i = 0; i < 25; i++) {
      await page.keyboard.press('Tab')
      seen.add(await page.evaluate(() => `${document.activeElement?.tagName} ${document.activeElement?.textContent?.slice(0, 40)}`))
    }
    // The keyboard reaches something new with nearly every press: no trap.
    expect(seen.size).toBeGreaterThan(8)
    await context.close()
  }, 120_000)
})
