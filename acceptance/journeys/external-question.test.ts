import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Product, startProduct } from '../product.ts'
import { type Installation, installationOf, put, takeSoon } from '../xqueue/installation.ts'
import type { Connection } from '../xqueue/peers/connection.ts'
import { expectAccessible, expectNoSidewaysScroll, hasBrowser, openBrowser, register, visit, writeCode } from './browser.ts'
import { confirm, PASSWORD, teachersOf } from './teachers.ts'

/** A grader’s answer with everything that could break a page: a wide table, a long word, a script that must not run. */
const MESSAGE = `<h2>Three of five</h2><p onclick="x()">Your <code>sort</code> loses equal values.</p><script>document.title = 'broken'</script>
<table><tr>${'<th>column-with-a-long-name</th>'.repeat(12)}</tr></table><pre>${'x'.repeat(400)}</pre>
<img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==" width="4000" height="10" alt="a plot">`

/** J7, step 5, with the pages around it: a question that a grader elsewhere grades, from its author to its learner, in Chromium. */
describe.skipIf(!hasBrowser)('a question of an external grader', () => {
  let product: Product
  let browser: Browser
  let installation: Installation
  let grader: Connection
  beforeAll(async () => {
    product = await startProduct({ GRADUS_DEMO: 'off', GRADUS_WORKERS: '0' })
    browser = await openBrowser()
    installation = await installationOf(product)
  }, 240_000)
  afterAll(async () => {
    grader?.close()
    await browser?.close()
    await product?.stop()
  })
  /** Grades what waits: right where the code holds the word. */
  const gradeNext = async (word: string): Promise<void> => {
    const taken = await takeSoon(grader, 'sorting-lab', 30_000)
    const is_right = taken.body.includes(word)
    expect(taken.body).toContain('week3')
    expect((await put(grader, taken.header, JSON.stringify({ correct: is_right, score: is_right ? 5 : 3, msg: MESSAGE })))[2]).toBe('')
  }

  test('is written, tried, published, handed in and answered', async () => {
    const teachers = teachersOf(product, browser, await product.adminToken())
    const { page, complaints, context } = await teachers.aTeacher('Grace Hopper', 'grace@example.org')
    const token = await teachers.tokenOf('grace@example.org')
    const course = await teachers.call(token, 'POST', '/api/courses', { slug: 'lab', title: 'Lab' })
    const module = await teachers.call(token, 'POST', `/api/courses/${course.id}/modules`, { title: 'Week 3' })
    const step = await teachers.call(token, 'POST', `/api/modules/${module.id}/steps`, { kind: 'assignment', title: 'Sorting', state: 'published' })
    await teachers.call(token, 'PATCH', `/api/courses/${course.id}`, { state: 'published' })
    const { code } = await teachers.call(token, 'POST', `/api/courses/${course.id}/join-codes`, {})

    // Without a queue the page says who opens one; with one it is chosen.
    await page.goto(`/c/lab/teach/q/new?assignment=${step.assignment_id}`)
    await page.getByLabel('Title').fill('Sort it')
    await page.getByText('External grader', { exact: true }).click()
    await page.getByRole('tab', { name: '3 Grader' }).click()
    await page.getByText('An administrator of this server opens queues').waitFor()
    await expectAccessible(page, 'no queue yet')
    await installation.queue('sorting-lab')
    grader = await installation.enter(await installation.grader('watcher-1', ['sorting-lab']))
    await page.reload()
    await page.getByLabel('Queue', { exact: true }).selectOption('sorting-lab')
    await page.getByRole('textbox', { name: 'Points' }).fill('5')
    await page.getByLabel('Told to the grader').fill('{"grader": "week3')
    await page.getByText('This is not JSON').waitFor()
    await page.getByLabel('Told to the grader').fill('{"grader": "week3/grade.py"}')
    await page.getByText('Valid JSON.').waitFor()
    await expectAccessible(page, 'grader tab')
    await page.getByRole('tab', { name: '2 Code' }).click()
    await writeCode(page, page.getByRole('textbox', { name: 'Reference solution in Python' }), 'print("stable")\n')
    await page.getByRole('button', { name: 'Save as a draft' }).click()
    await page.getByText('The draft of version 1 is saved.').waitFor()

    // A try waits for the grader like everything else, and proves what it must.
    await page.getByRole('tab', { name: '4 Try and publish' }).click()
    await page.getByRole('button', { name: 'Try reference and starter' }).click()
    await page.getByText('The reference waits for an external grader').waitFor()
    await gradeNext('stable')
    await gradeNext('stable')
    await page.getByText('The external grader takes the reference for right.').waitFor()
    await page.getByText('The external grader does not take the starter for right, as it should.').waitFor()
    await expectAccessible(page, 'tried')
    await page.getByRole('button', { name: 'Publish version 1' }).click()
    await confirm(page, 'Publish and place in “Sorting”')
    await page.getByText('Version 1 is published and placed in Sorting.').waitFor()

    const learner = await visit(browser, product.base_url)
    await register(learner.page, 'Annie Easley', 'annie@example.org', PASSWORD)
    await learner.page.goto(`/join/${code}`)
    await learner.page.getByRole('button', { name: /^Join as/ }).click()
    await learner.page.getByRole('heading', { level: 1, name: 'Lab' }).waitFor()
    await learner.page.goto(`/c/lab/a/${step.assignment_id}/q/1`)
    await writeCode(learner.page, learner.page.getByRole('textbox', { name: /Your Python code/ }), 'print("quick")\n')
    await learner.page.getByRole('button', { name: 'Hand in' }).click()
    const results = learner.page.getByRole('region', { name: 'Results' })
    await results.getByText('Waits for an external grader: you are next.').waitFor()
    await gradeNext('stable')
    await results.getByText('The external grader gives 3 / 5 points.').waitFor()
    const said = results.getByRole('region', { name: 'What the grader says' })
    await said.getByRole('heading', { name: 'Three of five' }).waitFor()
    expect(await said.locator('script, [onclick]').count()).toBe(0)
    await expectAccessible(learner.page, 'what the grader says')
    for (const width of [1280, 390]) {
      await learner.page.setViewportSize({ width, height: 800 })
      await said.getByAltText('a plot').waitFor()
      await expectNoSidewaysScroll(learner.page, `the message at ${width} px`)
      const [outer, inner] = [await results.boundingBox(), await said.boundingBox()]
      expect(inner!.x + inner!.width, 'the message stays in the strip').toBeLessThanOrEqual(outer!.x + outer!.width)
    }

    // Staff see the same with the hand-in.
    await page.goto('/c/lab/teach/submissions')
    await page.getByRole('table').getByRole('row').nth(1).getByRole('link').first().click()
    await page.getByRole('heading', { level: 1, name: 'Annie Easley, attempt 1' }).waitFor()
    await page.getByRole('region', { name: 'What the grader says' }).getByText('loses equal values').waitFor()
    await expectAccessible(page, 'hand-in, for staff')
    expect([...complaints, ...learner.complaints]).toEqual([])
    await learner.context.close()
    await context.close()
  }, 180_000)
})
