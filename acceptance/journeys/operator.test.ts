import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ADMIN, type Product, startProduct } from '../product.ts'
import { type Installation, installationOf, jobsOf, put, submit, take } from '../xqueue/installation.ts'
import type { Connection } from '../xqueue/peers/connection.ts'
import { expectAccessible, expectNoSidewaysScroll, hasBrowser, openBrowser, register, signIn, type Visitor, visit } from './browser.ts'
import { confirm, PASSWORD } from './teachers.ts'

const LONG = 'numerik-und-wissenschaftliches-rechnen-fuer-fortgeschrittene-im-wintersemester-26'
const jobs = (page: Page): Locator => page.getByRole('table', { name: 'Jobs' })
const rows = (page: Page): Locator =>
  jobs(page)
    .getByRole('row')
    .filter({ has: page.getByRole('cell') })
const queueRow = (page: Page, name: string): Locator =>
  page
    .getByRole('table', { name: 'Queues' })
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name, exact: true }) })

/** J8, steps 2 to 5: who watches the queues, in Chromium, with an LMS and a grader that speak to the product as they do anywhere. */
describe.skipIf(!hasBrowser)('J8: an operator finds, judges and puts back what failed', () => {
  let product: Product
  let browser: Browser
  let installation: Installation
  let lms: Connection
  let watcher: Connection
  let operator: Visitor
  let admin: Visitor

  /** A hand-in of an LMS, as Open edX makes one; nobody listens at its callback address. */
  const handIn = (queue: string, n: number): Promise<unknown> => {
    const item = `i4x://edX/CS101/problem/${queue}-${n}`
    const callback = `http://127.0.0.1:9/courses/edX/CS101/2026/xqueue/${n}/${encodeURIComponent(item)}/score_update`
    const body = {
      student_info: JSON.stringify({ anonymous_student_id: `anon-${1000 + n}` }),
      student_response: 'print(1)\n',
      grader_payload: JSON.stringify({ grader: `week3/${queue}/grade.py` }),
    }
    return submit(lms, JSON.stringify({ lms_callback_url: callback, lms_key: 'k'.repeat(32), queue_name: queue }), JSON.stringify(body))
  }
  const until = async (queue: string, state: string, count: number): Promise<void> => {
    let found = -1
    for (const end = performance.now() + 60_000; performance.now() < end; await sleep(200)) {
      found = (await jobsOf(installation, queue)).filter((job) => job.state === state).length
      if (found === count) return
    }
    throw new Error(`${found} jobs are ${state} in ${queue}, not ${count}`)
  }

  beforeAll(async () => {
    product = await startProduct({ GRADUS_DEMO: 'off', GRADUS_WORKERS: '0', GRADUS_CALLBACK_HOSTS: '127.0.0.1' })
    browser = await openBrowser()
    installation = await installationOf(product)
    await installation.admin('create-queue', 'sorting-lab', '--lease-seconds', '1', '--max-deliveries', '1')
    await installation.admin('create-queue', 'again', '--lease-seconds', '1', '--max-deliveries', '100')
    await installation.admin('create-queue', 'compilers', '--lease-seconds', '300')
    await installation.admin('create-queue', LONG)
    const account = async (username: string) => ({
      username,
      password: await installation.admin('create-grader', username, '--queues', `sorting-lab,again,compilers,${LONG}`),
    })
    lms = await installation.enter(await account('edx'))
    watcher = await installation.enter(await account('watcher-1'))

    // Nine that a grader took and never answered, then three that nobody has taken.
    for (let n = 0; n < 9; n++) {
      await handIn('sorting-lab', n)
      await take(watcher, 'sorting-lab')
    }
    await until('sorting-lab', 'failed', 9)
    for (let n = 9; n < 12; n++) await handIn('sorting-lab', n)
    for (let n = 20; n < 24; n++) await handIn('compilers', n)
    await take(watcher, 'compilers')
    const answered = await take(watcher, 'compilers')
    await put(watcher, answered.header, JSON.stringify({ correct: true, score: 1, msg: '<p>Well done</p>' }))
    await handIn('again', 30)
    await take(watcher, 'again')
    await until('again', 'retry', 1)

    operator = await visit(browser, product.base_url)
    await register(operator.page, 'Olga Operator', 'olga@example.org', PASSWORD)
    admin = await visit(browser, product.base_url)
    await signIn(admin.page, ADMIN.email, ADMIN.password)
  }, 300_000)
  afterAll(async () => {
    lms?.close()
    watcher?.close()
    await browser?.close()
    await product?.stop()
  })

  test('an administrator lets somebody watch the queues; nobody else may', async () => {
    await operator.page.goto('/admin/queues')
    await operator.page.getByRole('heading', { name: 'The queues could not be shown' }).waitFor()
    expect(await operator.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Queues' }).count()).toBe(0)
    await admin.page.goto('/admin/people')
    const allowed = admin.page.getByRole('switch', { name: 'Olga Operator is an operator: may watch the queues' })
    await allowed.press('Space')
    await expect.poll(() => allowed.isChecked()).toBe(true)
    await operator.page.goto('/')
    await operator.page.getByRole('navigation', { name: 'Main' }).first().getByRole('link', { name: 'Queues' }).click()
    await operator.page.getByRole('heading', { level: 1, name: 'Queues' }).waitFor()
  }, 60_000)

  test('2: failed jobs stand first; filters and a student id find what is meant; badges have colour, sign and word', async () => {
    const { page } = operator
    await page.goto('/admin/queues')
    await page.waitForURL('**/admin/queues?state=failed')
    await expect.poll(() => rows(page).count()).toBe(9)
    await page.getByText('9 jobs failed and wait for you.').waitFor()
    await page.getByLabel('Queue', { exact: true }).selectOption('compilers')
    await page.getByText('No job fits these filters').waitFor()
    await page.getByRole('button', { name: 'Look in every state' }).click()
    await page.waitForURL('**/admin/queues?state=all&queue=compilers')
    await expect.poll(() => rows(page).count()).toBe(4)

    await page.goto('/admin/queues?state=all')
    await page.getByRole('searchbox', { name: 'Search' }).fill('anon-1003')
    await page.waitForURL('**/admin/queues?state=all&search=anon-1003')
    await expect.poll(() => rows(page).count()).toBe(1)
    expect(await rows(page).first().textContent()).toMatch(/Failed.*anon-1003.*sorting-lab-3.*edX\/CS101\/2026.*1 \/ 1/)

    await page.goto('/admin/queues?state=all')
    await expect.poll(() => rows(page).count()).toBe(17)
    const seen = new Map<string, string>()
    for (const [word, count] of [
      ['Failed', 9],
      ['Pending', 5],
      ['Pulled', 1],
      ['Retired', 1],
      ['Retry', 1],
    ] as const) {
      const badges = jobs(page).locator('.mantine-Badge-root').filter({ hasText: word })
      expect(await badges.count(), word).toBe(count)
      expect(await badges.first().locator('svg').count(), word).toBe(1)
      seen.set(word, await badges.first().evaluate((badge) => getComputedStyle(badge).backgroundColor))
    }
    expect(new Set(seen.values()).size, 'five colours').toBe(5)
    // Red, yellow, blue, gray, orange: by which of the three parts of the colour are strong.
    const parts = (word: string) =>
      seen
        .get(word)!
        .match(/[\d.]+/g)!
        .slice(0, 3)
        .map(Number) as [number, number, number]
    const [red, yellow, blue, gray, orange] = (['Failed', 'Pending', 'Pulled', 'Retired', 'Retry'] as const).map(parts)
    expect([red![0] > red![1], Math.abs(red![1] - red![2]) < 12], `red ${red}`).toEqual([true, true])
    expect(yellow![1] - yellow![2], `yellow ${yellow}`).toBeGreaterThan(30)
    expect(blue![2] - blue![0], `blue ${blue}`).toBeGreaterThan(20)
    expect(Math.max(...gray!) - Math.min(...gray!), `gray ${gray}`).toBeLessThan(12)
    expect([orange![0] > orange![1], orange![1] > orange![2], orange![1] < yellow![1]], `orange ${orange}`).toEqual([true, true, true])
  }, 120_000)

  test('3: twelve chosen by keyboard, nine put back, three skipped', async () => {
    const { page } = operator
    await page.goto('/admin/queues?state=all&queue=sorting-lab')
    await expect.poll(() => rows(page).count()).toBe(12)
    await rows(page).nth(0).getByRole('checkbox').press('Space')
    await page.getByText('1 chosen, 0 of them failed: the others will be skipped.').waitFor()
    await page.getByRole('checkbox', { name: 'Choose every job on this page' }).press('Space')
    await page.getByText('12 chosen, 9 of them failed: the others will be skipped.').waitFor()
    await page.getByRole('button', { name: 'Put back 12' }).press('Enter')
    await page.getByText('9 put back, 3 skipped').waitFor()
    await expectAccessible(page, 'report')
    await until('sorting-lab', 'pending', 12)
    await expect.poll(() => jobs(page).locator('.mantine-Badge-root').filter({ hasText: 'Pending' }).count()).toBe(12)
    expect((await jobsOf(installation, 'sorting-lab')).every((job) => job.deliveries === 0)).toBe(true)
  }, 120_000)

  test('4: a job is there to be read; only an administrator deletes one', async () => {
    const [job] = await jobsOf(installation, 'compilers')
    const address = `/admin/queues/jobs/${job!.id}`
    const { page } = operator
    await page.goto(address)
    await page.getByRole('heading', { level: 1, name: `Job #${job!.xqueue_id}` }).waitFor()
    for (const name of ['What', 'Lease', 'Answer', 'Learning management system', 'Files'])
      await page.getByRole('heading', { level: 2, name, exact: true }).waitFor()
    const main = page.getByRole('main')
    expect(await main.getByText('anon-1023').first().textContent()).toBe('anon-1023')
    expect(await main.locator('input, textarea, select, [contenteditable]').count()).toBe(0)
    expect(await main.getByRole('button', { name: 'Delete' }).count()).toBe(0)
    const refused = async (method: string) =>
      page.evaluate(async ([path, how]) => (await fetch(path!, { method: how! })).status, [`/api/grading-jobs/${job!.id}`, method])
    expect([await refused('DELETE'), await refused('PATCH'), await refused('PUT')]).toEqual([403, 404, 404])

    await admin.page.goto(address)
    await admin.page.getByRole('button', { name: 'Delete' }).click()
    await admin.page.getByText('go for good').waitFor()
    await confirm(admin.page, 'Delete for good')
    await admin.page.waitForURL((url) => url.pathname === '/admin/queues')
    await expect.poll(async () => (await jobsOf(installation, 'compilers')).some((each) => each.id === job!.id)).toBe(false)
  }, 60_000)

  test('5: length and age of a queue change under the eyes of who watches', async () => {
    const { page } = operator
    await page.goto('/admin/queues?state=all&queue=compilers')
    await page.getByText('Live', { exact: true }).waitFor()
    const row = queueRow(page, 'compilers')
    const cell = (n: number) => row.getByRole('cell').nth(n).innerText()
    expect(await cell(1)).toBe('1')
    let loads = 0
    page.on('framenavigated', () => loads++)
    const seconds = async (): Promise<number> => Number(/^(\d+) s$/.exec(await cell(2))?.[1] ?? Number.NaN)
    for (let n = 40; n < 43; n++) await handIn('compilers', n)
    await expect.poll(() => cell(1), { timeout: 10_000 }).toBe('4')
    for (;;) {
      const next = await take(watcher, 'compilers')
      await put(watcher, next.header, JSON.stringify({ correct: false, score: 0, msg: '' }))
      if (next.body.includes('anon-1041')) break
    }
    await expect.poll(() => cell(1), { timeout: 10_000 }).toBe('1')
    const young = await seconds()
    await expect.poll(seconds, { timeout: 15_000 }).toBeGreaterThan(young + 1)
    await expect.poll(() => row.getByRole('img').getAttribute('aria-label'), { timeout: 10_000 }).toMatch(/^4 jobs retired in the last 30 minutes/)
    expect(loads).toBe(0)
  }, 90_000)

  test('an administrator opens a queue and makes an account; its secret is shown once, works, and can be drawn anew', async () => {
    const { page } = admin
    await page.goto('/admin/queues/settings')
    await page.getByRole('textbox', { name: 'Open a queue' }).fill('new-lab')
    await page.getByRole('button', { name: 'Open the queue' }).click()
    await page.getByText('The queue new-lab is open').waitFor()
    await page.getByRole('textbox', { name: 'Make a grader account' }).fill('watcher-2')
    await page.getByRole('form', { name: 'Make a grader account' }).getByLabel('Queues', { exact: true }).click()
    await page.getByRole('option', { name: 'new-lab' }).click()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Make the account' }).click()
    const shown = page.getByRole('status').filter({ hasText: 'it is not shown again' })
    const secretOf = async (): Promise<string> => (await shown.locator('.mono').textContent())!
    await expectAccessible(page, 'a secret')
    const first = await secretOf()
    const enters = async (password: string): Promise<boolean> => {
      const connection = await installation.enter({ username: 'watcher-2', password })
      const { text } = await connection.ask('/xqueue/get_submission/?queue_name=new-lab')
      connection.close()
      return text.includes("Queue 'new-lab' is empty")
    }
    expect(await enters(first)).toBe(true)
    await shown.getByRole('button', { name: 'I have it' }).click()
    await page.getByRole('button', { name: 'New secret: watcher-2' }).click()
    await confirm(page, 'Draw a new secret')
    await expect.poll(() => shown.count()).toBe(1)
    expect([await enters(first), await enters(await secretOf())]).toEqual([false, true])

    // Switched off, a queue takes work in and hands nothing out.
    await page.getByRole('button', { name: 'Switch off: compilers' }).click()
    await page.getByRole('dialog').getByText('Hand-ins still come in and wait; nothing is handed out.').waitFor()
    await confirm(page, 'Switch it off')
    await page.getByRole('button', { name: 'Switch on: compilers' }).waitFor()
    await expect(take(watcher, 'compilers')).rejects.toThrow('nothing waits')

    await operator.page.goto('/admin/queues/settings')
    await operator.page.getByRole('table', { name: 'Grader accounts' }).getByText('watcher-2').waitFor()
    expect(await operator.page.getByRole('main').locator('button, input').count()).toBe(0)
  }, 90_000)

  test('in light, in the dark and on a phone, with long names and more jobs than a page holds', async () => {
    for (let n = 100; n < 160; n++) await handIn(LONG, n)
    const [job] = await jobsOf(installation, LONG)
    await operator.page.goto(`/admin/queues?queue=${LONG}`)
    await operator.page.getByText('The newest: 50 jobs').waitFor()
    await operator.page.getByRole('button', { name: 'Older' }).click()
    await operator.page.getByText('Page 2: 10 jobs').waitFor()
    for (const options of [{}, { dark: true }, { width: 390 }, { width: 390, dark: true }]) {
      const { page, complaints, context } = await visit(browser, product.base_url, options)
      await signIn(page, ADMIN.email, ADMIN.password)
      for (const address of [
        '/admin/queues',
        `/admin/queues?state=all&queue=${LONG}&deliveries=1&since=2026-01-01T00:00:00Z`,
        '/admin/queues?state=all',
        `/admin/queues/jobs/${job!.id}`,
        '/admin/queues/settings',
        '/admin/people',
        '/admin/system',
      ]) {
        await page.goto(address)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await sleep(500)
        await expect.poll(() => page.locator('.mantine-Skeleton-root').count()).toBe(0)
        await expectNoSidewaysScroll(page, address)
        await expectAccessible(page, `${address} ${JSON.stringify(options)}`)
      }
      expect(complaints).toEqual([])
      await context.close()
    }
    expect([...operator.complaints, ...admin.complaints]).toEqual([])
  }, 180_000)
})
