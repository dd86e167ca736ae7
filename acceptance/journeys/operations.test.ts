import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ADMIN, adminOf, type Product, startProduct } from '../product.ts'
import { installationOf } from '../xqueue/installation.ts'
import { expectAccessible, hasBrowser, openBrowser, register, signIn, visit, writeCode } from './browser.ts'
import { confirm, GRADED, PASSWORD } from './teachers.ts'

const STUDENT = 'grace@example.org'
const CODE = 'print("a try of mine")\n'

/** J8, steps 1, 6 and 8: who keeps the machine running, with a student's work as the measure of whether it is. */
describe.skipIf(!hasBrowser)('J8: who runs the machine starts it again, brings a backup back, and changes secrets while others work', () => {
  let product: Product
  let browser: Browser
  let folder: string
  /** Where the student's question is. */
  let question: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gradus-backups-'))
    product = await startProduct({ GRADUS_DEMO: 'on', GRADUS_WORKERS: '1' })
    browser = await openBrowser()
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  /** Reads the one attempt, its verdict and its code off the student's own page. */
  const seesTheAttempt = async (page: Page): Promise<void> => {
    await page.goto(question)
    await page.getByRole('region', { name: 'Results' }).getByText('Wrong answer').first().waitFor(GRADED)
    await page
      .getByRole('button', { name: /attempt/i })
      .first()
      .click()
    const drawer = page.getByRole('dialog', { name: 'Your attempts' })
    await drawer.getByText('Wrong answer').first().waitFor()
    expect(await drawer.getByRole('listitem').count()).toBe(1)
  }

  test('1: started again on the same data it migrates nothing and has everything', async () => {
    const { page, context } = await visit(browser, product.base_url)
    await register(page, 'Grace Hopper', STUDENT, PASSWORD)
    const token = await product.adminToken()
    const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const response = await fetch(product.base_url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
      if (!response.ok) throw new Error(await response.text())
      return (await response.json()) as T
    }
    const course = await call<{ id: string; modules: { steps: { assignment_id: string | null }[] }[] }>('GET', '/api/courses/first-steps')
    const { code } = await call<{ code: string }>('POST', `/api/courses/${course.id}/join-codes`, {})
    const assignment = course.modules.flatMap(({ steps }) => steps).find(({ assignment_id }) => assignment_id !== null)!.assignment_id
    question = `/c/first-steps/a/${assignment}/q/1`
    await page.goto(`/join/${code}`)
    await page.getByRole('button', { name: /^Join as/ }).click()
    await page.waitForURL('**/c/first-steps')
    await page.goto(question)
    const editor = page.getByRole('textbox', { name: /Your Python code/ })
    await editor.waitFor()
    await writeCode(page, editor, CODE)
    await page.getByRole('button', { name: 'Hand in' }).click()
    await page
      .getByRole('region', { name: 'Results' })
      .getByText(/Attempt 1/)
      .waitFor()
    await seesTheAttempt(page)
    await context.close()

    await product.kill()
    product = await startProduct({ GRADUS_DEMO: 'on', GRADUS_WORKERS: '1', GRADUS_DATA: product.data_dir })
    expect((await fetch(`${product.base_url}/readyz`)).status).toBe(200)
    const again = await visit(browser, product.base_url)
    await signIn(again.page, STUDENT, PASSWORD)
    await seesTheAttempt(again.page)
    expect(again.complaints).toEqual([])
    await again.context.close()
  }, 240_000)

  test('6: last night’s backup in a scratch place passes the check and is the same installation to the same student', async () => {
    // The server works on meanwhile.
    await product.admin('backup', folder)
    const [name] = (await readdir(folder)).filter((each) => each !== 'files')
    const data_dir = await mkdtemp(join(tmpdir(), 'gradus-scratch-'))
    const scratch = { GRADUS_DATA: data_dir }
    try {
      expect(await adminOf(scratch, 'restore', join(folder, name!))).toContain('Restored what was true at ')
      expect(await adminOf(scratch, 'check', '--hashes')).toContain('Everything is as it must be.')
      const restored = await startProduct({ GRADUS_DEMO: 'on', GRADUS_WORKERS: '1', ...scratch })
      try {
        const { page, complaints, context } = await visit(browser, restored.base_url)
        await signIn(page, STUDENT, PASSWORD)
        await seesTheAttempt(page)
        expect(complaints).toEqual([])
        await context.close()
      } finally {
        await restored.stop()
      }
    } finally {
      await rm(data_dir, { recursive: true, force: true })
    }
  }, 240_000)

  test('8: a grader’s password and a key are changed, and nobody else notices', async () => {
    const installation = await installationOf(product)
    await installation.queue('lab')
    const other = await installation.enter(await installation.grader('other', ['lab']))
    const leaked = await installation.grader('leaked', ['lab'])
    const thief = await installation.enter(leaked)
    const works = async (connection: typeof other): Promise<boolean> =>
      (await connection.ask('/xqueue/get_submission/?queue_name=lab')).text.includes('is empty')
    expect([await works(other), await works(thief)]).toEqual([true, true])

    const { page, complaints, context } = await visit(browser, product.base_url)
    await signIn(page, ADMIN.email, ADMIN.password)
    await page.goto('/admin/queues/settings')
    await page.getByRole('button', { name: 'New secret: leaked' }).click()
    await confirm(page, 'Draw a new secret')
    const shown = page.getByRole('status').filter({ hasText: 'it is not shown again' })
    const secret = (await shown.locator('.mono').textContent())!
    expect([await works(other), await works(thief)]).toEqual([true, false])
    expect(await works(await installation.enter({ username: 'leaked', password: secret }))).toBe(true)

    // A key of one's own: made, seen once, used, revoked; another lives on.
    await page.goto('/account')
    const aKey = async (key_name: string): Promise<string> => {
      await page.getByPlaceholder('Nightly import').fill(key_name)
      await page.getByRole('button', { name: 'Make a key' }).click()
      const key = page.getByRole('status').filter({ hasText: 'not shown again' })
      const text = (await key.locator('.mono').textContent())!
      await key.getByRole('button', { name: 'I have it' }).click()
      return text
    }
    const keys = [await aKey('old'), await aKey('new')]
    const statuses = () =>
      Promise.all(
        keys.map(async (key) => (await fetch(`${product.base_url}/api/auth/sessions`, { headers: { authorization: `Bearer ${key}` } })).status),
      )
    expect(await statuses()).toEqual([200, 200])
    await page.getByRole('row').filter({ hasText: 'old' }).getByRole('button', { name: 'Revoke' }).click()
    await confirm(page, 'Revoke the key')
    await page.getByRole('row').filter({ hasText: 'old' }).waitFor({ state: 'detached' })
    expect(await statuses()).toEqual([401, 200])
    await expectAccessible(page, 'account')
    expect(complaints).toEqual([])
    await context.close()
  }, 120_000)
})
