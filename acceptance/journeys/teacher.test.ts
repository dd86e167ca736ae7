import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Product, startProduct } from '../product.ts'
import { expectAccessible, expectNoSidewaysScroll, hasBrowser, openBrowser, register, visit, writeCode } from './browser.ts'
import { confirm, GRADED, PASSWORD, teachersOf, untilReady } from './teachers.ts'

/** J4, steps 1 to 3: a teacher who may make courses, in Chromium, against the product as `npm start` runs it. */
describe.skipIf(!hasBrowser)('J4: a teacher writes a course and a question, publishes it, and mends it without moving anyone', () => {
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

  interface Placed {
    title: string
    version_number: number
    points_override: number | null
    points_possible: number
  }
  /** What an assignment asks, in order: title, version, points. */
  const asked = async (token: string, assignment_id: string): Promise<[string, number, number][]> => {
    const { questions } = await teachers.call<{ questions: Placed[] }>(token, 'GET', `/api/assignments/${assignment_id}`)
    return questions.map(({ title, version_number, points_possible }) => [title, version_number, points_possible])
  }

  test('from an empty course to a new version that moves nobody', async () => {
    const { call, tokenOf, aTeacher, aQuestion } = teachers
    const { page, complaints, context } = await aTeacher('Grace Hopper', 'grace@example.org')
    const token = await tokenOf('grace@example.org')
    const look = async (where: string) => {
      await expectNoSidewaysScroll(page, where)
      await expectAccessible(page, where)
    }

    // 1. A course, a module, a material: drafts until they are published.
    await page.getByRole('link', { name: 'New course' }).click()
    await page.getByRole('heading', { level: 1, name: 'New course' }).waitFor()
    await page.getByLabel('Title').fill('Programming 1')
    expect(await page.getByLabel('Short name').inputValue()).toBe('programming-1')
    await page.getByLabel('What it is about').fill('First steps in writing programs.')
    await look('new course')
    await page.getByRole('button', { name: 'Make the course' }).click()
    await page.waitForURL('**/c/programming-1/teach')
    await page.getByText('Students see nothing of this course yet').waitFor()
    for (const title of ['Loops', 'Basics']) {
      await page.getByLabel(/Title of (the first|a new) module/).fill(title)
      await page.getByRole('button', { name: 'Add the module' }).click()
      await page.getByRole('heading', { level: 2, name: title }).waitFor()
    }
    // The keyboard stays where it is while things move.
    await page.getByRole('button', { name: 'Move module Basics up' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => page.getByRole('heading', { level: 2 }).allTextContents()).toEqual(['Basics', 'Loops'])
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Move module Basics up')
    await page.getByRole('button', { name: 'Add a material to Basics' }).click()
    await page.getByLabel('Title of the material').fill('How to read input')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'How to read input' }).waitFor()
    const material = page.getByRole('textbox', { name: 'Text of the material in Markdown' })
    await writeCode(page, material, '## input()\n\nIt reads **one line**.\n')
    await page.getByRole('region', { name: 'What students see' }).getByText('one line').waitFor()
    await page.keyboard.press('Control+S')
    await page.getByText('The material is saved.').waitFor()
    await look('material')

    // A student who has joined sees nothing, then the course without its draft, then the material.
    await page.goto('/c/programming-1/teach/people')
    await page.getByRole('button', { name: 'Make a join code' }).click()
    const code = (await page.locator('main .mono').first().textContent())!.trim()
    await look('people')
    const student = await visit(browser, product.base_url)
    await register(student.page, 'Stu Dent', 'stu@example.org', PASSWORD)
    await student.page.goto(`/join/${code}`)
    await student.page.getByRole('button', { name: /^Join as/ }).click()
    await student.page.waitForURL((url) => !url.pathname.startsWith('/join'))
    await student.page.goto('/c/programming-1')
    await student.page.getByText('There is nothing here, or it is not yours to see.').waitFor()
    await page.goto('/c/programming-1/teach/settings')
    await page.getByRole('radiogroup', { name: 'State' }).getByText('Published').click()
    await look('settings')
    await page.getByRole('button', { name: 'Save the settings' }).click()
    await page.getByText('The settings are saved.').waitFor()
    await student.page.goto('/c/programming-1')
    await student.page.getByRole('heading', { level: 1, name: 'Programming 1' }).waitFor()
    expect(await student.page.getByText('How to read input').count()).toBe(0)
    await page.goto('/c/programming-1/teach')
    await page.getByRole('button', { name: 'Publish How to read input' }).click()
    await page.getByRole('button', { name: 'Hide How to read input' }).waitFor()
    await student.page.reload()
    await student.page.getByRole('link', { name: 'How to read input' }).click()
    await student.page.getByText('one line').waitFor()

    // 2. A question written from assignment X; X asks it as number 1 for 10 points.
    await page.getByRole('button', { name: 'Add an assignment to Basics' }).click()
    await page.getByLabel('Title of the assignment').fill('Exercise X')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Exercise X' }).waitFor()
    const x_page = page.url()
    await page.getByRole('link', { name: 'Write a new question' }).click()
    await page.getByRole('heading', { level: 1, name: 'New question' }).waitFor()
    await page.getByLabel('Title').fill('Sum of two')
    const statement = page.getByRole('textbox', { name: 'Statement in Markdown' })
    await writeCode(page, statement, 'Read two numbers and print their sum.\n')
    await page.getByRole('tab', { name: '2 Code' }).click()
    await writeCode(page, page.getByRole('textbox', { name: 'Starter in Python' }), '# your code\n')
    await writeCode(page, page.getByRole('textbox', { name: 'Reference solution in Python' }), 'a, b = map(int, input().split())\nprint(a + b)\n')
    await look('code of a question')
    await page.getByRole('tab', { name: '3 Tests' }).click()
    await page.getByLabel('Name', { exact: true }).fill('small numbers')
    await page.getByLabel('Input', { exact: true }).fill('1 2\n')
    await page.getByRole('button', { name: 'Add a test' }).click()
    // A new test is open, and its name has the keyboard.
    expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe('Test 2')
    await page.keyboard.press('Control+A')
    await page.keyboard.insertText('negative nubmers')
    await page.getByLabel('Input', { exact: true }).fill('-4 1\n')
    await page.getByLabel('Expected output').fill('-3\n')
    await page.getByLabel('Hidden from students').check()
    await look('tests of a question')
    await page.getByRole('button', { name: 'Save as a draft' }).click()
    await page.waitForURL(/\/teach\/q\/[0-9a-f-]{36}/)
    await page.getByText('Saved', { exact: true }).waitFor()
    expect(page.url()).toContain('tab=tests')
    const question_id = /\/q\/([0-9a-f-]{36})/.exec(page.url())![1]!

    // The first try finds an expected output missing; the reference fills it in; the second try is good.
    await page.getByRole('tab', { name: '4 Try and publish' }).click()
    await page.getByRole('button', { name: 'Try reference and starter' }).click()
    await page.getByText('The reference fails.').waitFor(GRADED)
    expect(await page.getByRole('button', { name: 'Publish version 1' }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Fill one expected outcome from the reference' }).click()
    await page.getByRole('button', { name: 'Save and try' }).click()
    await untilReady(page)
    await page.getByText('The starter fails, as it should.').waitFor()
    await look('a try')
    await page.getByRole('button', { name: 'Publish version 1' }).click()
    await page.getByRole('dialog').getByText('It is placed in “Exercise X” at once').waitFor()
    await expectAccessible(page, 'publishing')
    await confirm(page, 'Publish and place in “Exercise X”')
    await page.getByText('Version 1 is published', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'Back to Exercise X' }).click()
    await page.waitForURL(x_page)
    await page.getByLabel('Points of question 1').fill('10')
    await page.keyboard.press('Enter')
    await page.getByText('set here').waitFor()
    // Times are typed on the course's clocks: New York, where this browser stood when the course was made.
    await page.getByLabel('Due').fill('2030-01-31T23:59')
    await page.getByLabel('Closes').fill('2030-01-31T23:00')
    await page.getByText('This is before it is due.').waitFor()
    await page.getByLabel('Closes').fill('')
    await page.getByRole('button', { name: 'Save times and attempts' }).click()
    await page.getByText('Times and attempts are saved.').waitFor()
    expect(await page.getByLabel('Due').inputValue()).toBe('2030-01-31T23:59')
    await look('assignment')

    // Y asks it as number 3 for 25 points, after two questions that stood there already.
    for (const title of ['First of Y', 'Second of Y']) await aQuestion(token, title)
    await page.goto('/c/programming-1/teach')
    await page.getByRole('button', { name: 'Add an assignment to Loops' }).click()
    await page.getByLabel('Title of the assignment').fill('Exercise Y')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Exercise Y' }).waitFor()
    const place = async (title: string, points: string) => {
      await page.getByRole('combobox', { name: 'Place a question' }).fill(title)
      await page.getByRole('option', { name: title }).click()
      await page.getByRole('textbox', { name: 'Points', exact: true }).fill(points)
      await page.getByRole('button', { name: 'Place it' }).click()
      await page.getByRole('link', { name: title }).waitFor()
    }
    await place('First of Y', '')
    await place('Sum of two', '25')
    await place('Second of Y', '')
    await page.getByRole('button', { name: 'Move question 2 down' }).click()
    const idOf = async (title: string): Promise<string> => {
      const course = await call<{ modules: { steps: { title: string; assignment_id: string }[] }[] }>(token, 'GET', '/api/courses/programming-1')
      return course.modules.flatMap((module) => module.steps).find((step) => step.title === title)!.assignment_id
    }
    const [x, y] = [await idOf('Exercise X'), await idOf('Exercise Y')]
    expect((await call(token, 'GET', `/api/assignments/${x}`)).due_at).toBe('2030-02-01T04:59:00.000Z')
    const in_y = (version: number) => [
      ['First of Y', 1, 1],
      ['Second of Y', 1, 1],
      ['Sum of two', version, 25],
    ]
    await expect.poll(() => asked(token, y)).toEqual(in_y(1))
    expect(await asked(token, x)).toEqual([['Sum of two', 1, 10]])

    // A colleague may use it once it is shared, and asks it for 7 points.
    await page.goto(`/c/programming-1/teach/q/${question_id}?tab=versions`)
    await page.getByRole('switch', { name: 'Shared with every teacher of this server' }).click()
    await page.getByText('They can read it with its reference solutions').waitFor()
    await look('versions')
    const colleague = await aTeacher('مريم الأنصاري', 'maryam@example.org')
    const colleague_token = await tokenOf('maryam@example.org')
    const other = await call(colleague_token, 'POST', '/api/courses', { slug: 'other-class', title: 'Another class' })
    const module = await call(colleague_token, 'POST', `/api/courses/${other.id}/modules`, { title: 'Week 1' })
    const step = await call(colleague_token, 'POST', `/api/modules/${module.id}/steps`, { kind: 'assignment', title: 'Homework' })
    await call(colleague_token, 'POST', `/api/assignments/${step.assignment_id}/questions`, { question_id, points_override: 7 })

    // 3. A typo in a test's name: leaving unsaved asks first; publishing makes version 2 and says who stays where they are.
    await page.getByRole('tab', { name: '3 Tests' }).click()
    await page.getByRole('button', { name: 'negative nubmers' }).click()
    await page.getByLabel('Name', { exact: true }).fill('negative numbers')
    await page.getByText('Draft of version 2').waitFor()
    await page.getByRole('link', { name: 'Courses', exact: true }).click()
    await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor()
    await expectAccessible(page, 'leaving')
    await confirm(page, 'Stay here')
    await page.getByRole('tab', { name: '4 Try and publish' }).click()
    await page.getByRole('button', { name: 'Save and try' }).click()
    await untilReady(page)
    await page.getByRole('button', { name: 'Publish version 2' }).click()
    const dialog = page.getByRole('dialog', { name: 'Publish version 2?' })
    await dialog.getByText('stay on the version shown here until a teacher moves them').waitFor()
    await dialog.getByText('Exercise X').waitFor()
    await dialog.getByText('negative nubmers').waitFor()
    await dialog.getByText('negative numbers').waitFor()
    await expectAccessible(page, 'publishing again')
    await confirm(page, 'Publish version 2')
    await page.getByText('Version 2 is published', { exact: true }).waitFor()
    expect(await asked(token, x)).toEqual([['Sum of two', 1, 10]])
    expect(await asked(token, y)).toEqual(in_y(1))
    expect(await asked(colleague_token, step.assignment_id!)).toEqual([['Sum of two', 1, 7]])

    // Each teacher moves their own, and only that one moves.
    await page.goto(x_page)
    await page.getByText('Version 2 is newer').waitFor()
    await page.getByRole('button', { name: 'Move to version 2' }).click()
    await confirm(page, 'Move to version 2')
    await expect.poll(() => asked(token, x)).toEqual([['Sum of two', 2, 10]])
    expect(await asked(token, y)).toEqual(in_y(1))
    expect(await asked(colleague_token, step.assignment_id!)).toEqual([['Sum of two', 1, 7]])
    await colleague.page.goto(`/c/other-class/teach/s/${step.id}`)
    await colleague.page.getByRole('button', { name: 'Move to version 2' }).click()
    await confirm(colleague.page, 'Move to version 2')
    await expect.poll(() => asked(colleague_token, step.assignment_id!)).toEqual([['Sum of two', 2, 7]])
    expect(await asked(token, y)).toEqual(in_y(1))

    // The colleague reads it and cannot change it.
    await colleague.page.getByRole('link', { name: 'Sum of two' }).click()
    await colleague.page.getByText('owns this question. You read version 2').waitFor()
    await expectAccessible(colleague.page, 'a colleague’s question')
    expect(await colleague.page.getByRole('button', { name: /Save/ }).count()).toBe(0)

    expect(complaints).toEqual([])
    expect(colleague.complaints).toEqual([])
    expect(student.complaints).toEqual([])
    for (const each of [context, colleague.context, student.context]) await each.close()
  }, 400_000)
})
