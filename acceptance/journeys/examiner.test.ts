import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { inflateRawSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ADMIN, type Product, startProduct } from '../product.ts'
import { expectAccessible, expectNoSidewaysScroll, hasBrowser, openBrowser, signIn, visit } from './browser.ts'
import { type Call, confirm, teachersOf } from './teachers.ts'

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const RTL = 'محمد بن موسى الخوارزمي'
const LONG = 'Maria-Magdalena Theodora von Hohenstein-Waldburg zu Wolfegg und Waldsee-Oberland'

/** The files of a zip archive by name, from its central directory. */
function unzipped(zip: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  let at = zip.readUInt32LE(end + 16)
  for (let n = zip.readUInt16LE(end + 10); n > 0; n--) {
    const [method, size, name_length, extra, comment, local] = [
      zip.readUInt16LE(at + 10),
      zip.readUInt32LE(at + 20),
      zip.readUInt16LE(at + 28),
      zip.readUInt16LE(at + 30),
      zip.readUInt16LE(at + 32),
      zip.readUInt32LE(at + 42),
    ]
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const packed = zip.subarray(from, from + size)
    files.set(zip.toString('utf8', at + 46, at + 46 + name_length), method === 0 ? packed : inflateRawSync(packed))
    at += 46 + name_length + extra + comment
  }
  return files
}

/** J6 in Chromium against the product as `npm start` runs it in production. */
describe.skipIf(!hasBrowser)('J6: an examiner makes an exam, imports, watches, puts right and fetches', () => {
  let product: Product
  let browser: Browser
  let token: string
  let call: Call

  beforeAll(async () => {
    product = await startProduct({ NODE_ENV: 'production', GRADUS_WORKERS: '0' })
    browser = await openBrowser()
    token = await product.adminToken()
    call = teachersOf(product, browser, token).call
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await product?.stop()
  })

  /** Hands in as a candidate's program does. */
  const handIn = async (code: string, filename: string, bytes: Buffer, type = 'application/octet-stream') => {
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(bytes)], { type }), filename)
    const headers = { 'idempotency-key': `${code}-${sha256(bytes).slice(0, 20)}` }
    const response = await fetch(`${product.base_url}/api/hand-in/${code}/files`, { method: 'POST', body: form, headers })
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`)
    return (await response.json()) as { verification_code: string; sha256: string }
  }
  const codesOf = async (exam_id: string): Promise<Map<string, { id: string; upload_code: string }>> => {
    const { candidates } = await call<{ candidates: { id: string; nickname: string; upload_code: string }[] }>(
      token,
      'GET',
      `/api/exams/${exam_id}/candidates`,
    )
    return new Map(candidates.map((candidate) => [candidate.nickname, candidate]))
  }
  const saved = async (page: Page, press: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> => {
    const coming = page.waitForEvent('download')
    await press()
    const download = await coming
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) }
  }

  test('the whole day of an exam', async () => {
    const { page, complaints, context } = await visit(browser, product.base_url)

    // 1. Signs in, and makes an API key that is shown once.
    await signIn(page, ADMIN.email, ADMIN.password)
    await page.goto('/account')
    await page.getByPlaceholder('Nightly import').fill('hall scripts')
    await page.getByRole('checkbox', { name: 'Act as me' }).uncheck()
    await page.getByRole('checkbox', { name: 'Run exams' }).check()
    await page.getByRole('button', { name: 'Make a key' }).click()
    const shown = page.getByRole('status').filter({ hasText: 'it is not shown again' })
    const key = (await shown.locator('.mono').textContent())!.trim()
    expect((await fetch(`${product.base_url}/api/exams`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200)
    await page.reload()
    await page.getByText('hall scripts').first().waitFor()
    expect(await page.content()).not.toContain(key)

    // 2. Makes an exam and one candidate, and prints the slip.
    await page.getByRole('navigation', { name: 'Main' }).first().getByRole('link', { name: 'Exams' }).click()
    await page.getByText('No exams yet').waitFor()
    await expectAccessible(page, 'no exams yet')
    await page.getByRole('link', { name: 'Make an exam' }).click()
    await page.getByLabel('Title').fill('Analysis II, 3 February')
    await page.getByLabel('Closes').fill('2099-02-03T12:00')
    await page.getByLabel('Files are kept for, in hours').fill('20')
    await page.getByRole('combobox', { name: 'Types that are taken' }).fill('PDF, .html svg')
    await page.keyboard.press('Tab')
    await expectAccessible(page, 'a new exam')
    await page.getByRole('button', { name: 'Make the exam' }).click()
    await page.waitForURL('**/exams/*/candidates')
    const exam_id = /exams\/([^/]+)/.exec(page.url())![1]!
    await page.getByText('No candidates yet').waitFor()
    await page.getByLabel('Nickname').fill('al01')
    await page.getByLabel('First name').fill('Ada')
    await page.getByLabel('Last name').fill('O’Brien-Lovelace')
    await page.getByRole('button', { name: 'Add the candidate' }).click()
    await page.getByRole('row', { name: /al01/ }).getByText('Ada O’Brien-Lovelace').waitFor()
    await expectAccessible(page, 'candidates')
    const slip = await page.getByRole('link', { name: 'Slip of al01' }).getAttribute('href')
    const printed = await page.request.get(slip!)
    expect([printed.headers()['content-type'], (await printed.body()).toString('latin1', 0, 5)]).toEqual(['application/pdf', '%PDF-'])

    // 3. Imports 300 from CSV: two bad rows are listed and nothing is imported; put right, all 300.
    await page.getByRole('link', { name: 'Import', exact: true }).click()
    const rows = Array.from({ length: 300 }, (_, n) => `n${String(n).padStart(3, '0')};Given ${n};Family ${n}`)
    rows[0] = `n000;${RTL};x`
    rows[1] = `n001;${LONG};y`
    const file = (lines: string[]) => Buffer.from(`\ufeff${['nickname;first_name;last_name', ...lines].join('\r\n')}\r\n`)
    const wrong = rows.with(7, 'al01;Twice;Ada').with(9, 'n009;;Nameless')
    await page.getByLabel('CSV file').setInputFiles({ name: 'old.csv', mimeType: 'text/csv', buffer: Buffer.from('n;M\xfcller', 'latin1') })
    await page.getByText('is not a CSV file in Unicode').waitFor()
    await page.getByLabel('CSV file').setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: file(wrong) })
    await page.getByRole('button', { name: 'Check 300 rows' }).click()
    await page.getByText('2 mistakes').waitFor()
    const mistakes = page.getByRole('table', { name: 'Mistakes' })
    expect(await mistakes.getByRole('row').count()).toBe(3)
    await mistakes.getByRole('row', { name: /^8 nickname al01/ }).waitFor()
    await mistakes.getByRole('row', { name: /^10 first_name/ }).waitFor()
    expect(await page.getByRole('button', { name: 'Import', exact: true }).isDisabled()).toBe(true)
    await expectAccessible(page, 'mistakes in an import')
    expect((await codesOf(exam_id)).size).toBe(1)
    await page.getByLabel('CSV file').setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: file(rows) })
    await page.getByRole('button', { name: 'Check 300 rows' }).click()
    await page.getByText('All 300 rows are right').waitFor()
    await page.getByRole('button', { name: 'Import 300 candidates' }).click()
    await page.getByText('300 candidates are imported').waitFor()
    await expectAccessible(page, 'imported')
    const codes = await codesOf(exam_id)
    expect(codes.size).toBe(301)
    await page.getByRole('table', { name: 'Imported candidates' }).getByText(RTL).waitFor()
    const list = await saved(page, () => page.getByRole('link', { name: 'List with codes (CSV)' }).click())
    expect(list.bytes.toString('utf8')).toContain(codes.get('n299')!.upload_code)
    expect((await page.request.get((await page.getByRole('link', { name: /Slips of all/ }).getAttribute('href'))!)).status()).toBe(200)

    // 4. Watches: who handed in, when, totals, live and without a reload.
    await page.getByRole('link', { name: 'To the board' }).click()
    await page.getByText('Live', { exact: true }).waitFor()
    await page.getByText('0 of 301').waitFor()
    const work = randomBytes(5_000)
    const receipt = await handIn(codes.get('al01')!.upload_code, 'Lösung.pdf', work)
    const tiles = page.getByRole('list', { name: 'Candidates' })
    await tiles.getByRole('button', { name: /Ada O’Brien-Lovelace.*al01 · \d\d:\d\d/ }).waitFor()
    await page.getByText('1 of 301').waitFor()
    await page.getByRole('region', { name: 'Last five' }).getByText('Ada O’Brien-Lovelace').waitFor()
    await page.getByRole('heading', { name: 'Missing, 300' }).waitFor()
    await page.getByRole('button', { name: /^Missing/ }).click()
    expect(new URL(page.url()).searchParams.get('show')).toBe('missing')
    await page.getByText('300 of 301, by nickname').waitFor()
    await page.getByLabel('Find a candidate').fill('الخوارزمي')
    await page.getByText('1 of 301, by nickname').waitFor()
    await expectAccessible(page, 'the board')
    await page.goto(`/exams/${exam_id}?view=projector`)
    const projector = page.getByRole('region', { name: 'Projector' })
    await projector.getByText('of 301').waitFor()
    expect(await projector.textContent()).not.toMatch(/Ada|Given/)
    await expectAccessible(page, 'the projector')
    await page.keyboard.press('Escape')

    // A notice a day before deletion, in numbers.
    await page.getByText('One file is deleted within a day').waitFor()

    // 5. Opens a file by its verification code; its hash equals the receipt.
    await page.goto(`/receipt/${receipt.verification_code}`)
    const fetched = await saved(page, () => page.getByRole('button', { name: 'Download the file' }).click())
    expect([fetched.name, sha256(fetched.bytes)]).toEqual(['Lösung.pdf', receipt.sha256])

    // 6. A lost slip: the new code works, the old one is dead, and why stands there.
    await page.goto(`/exams/${exam_id}?candidate=${codes.get('n005')!.id}`)
    const drawer = page.getByRole('dialog').first()
    await drawer.getByText('Upload code').waitFor()
    await expectAccessible(page, 'a candidate')
    await drawer.getByRole('button', { name: 'Give a new code' }).click()
    const ask = page.getByRole('dialog', { name: 'Give a new code?' })
    await ask.getByLabel('Reason').fill('Slip lost on the way')
    await ask.getByRole('button', { name: 'Give a new code' }).click()
    await drawer.getByText('Slip lost on the way').waitFor()
    const fresh = (await codesOf(exam_id)).get('n005')!.upload_code
    expect(fresh).not.toBe(codes.get('n005')!.upload_code)
    expect((await fetch(`${product.base_url}/api/hand-in/${codes.get('n005')!.upload_code}`)).status).toBe(404)
    await handIn(fresh, 'after.pdf', randomBytes(100))
    await page.goto(`/exams/${exam_id}/log`)
    await page.getByText('A code was replaced').waitFor()
    await page.getByRole('button', { name: 'Check the whole log' }).click()
    await page.getByText('Intact').waitFor()
    await expectAccessible(page, 'the log')
    // Two who sat with each other's slip: what one handed in goes to the other.
    await page.goto(`/exams/${exam_id}?candidate=${codes.get('al01')!.id}`)
    await drawer.getByRole('button', { name: 'Swap with another' }).click()
    const swap = page.getByRole('dialog', { name: 'Swap al01 with another' })
    await swap.getByRole('combobox', { name: 'With whom' }).fill('n006')
    await page.getByRole('option', { name: /n006/ }).click()
    await swap.getByLabel('What was handed in').check()
    await swap.getByLabel('Reason').fill('Seats exchanged')
    await expectAccessible(page, 'a swap')
    await swap.getByRole('button', { name: 'Swap the two' }).click()
    await page.getByText('The two are exchanged.').waitFor()

    // Two that were entered by mistake go, in numbers; whoever handed in stays.
    await page.goto(`/exams/${exam_id}?candidate=${codes.get('n010')!.id}`)
    await drawer.getByRole('button', { name: 'Remove', exact: true }).click()
    const removal = page.getByRole('dialog', { name: 'Remove n010?' })
    await removal.getByText('Given 10 Family 10 has handed in nothing. The code stops working at once').waitFor()
    await removal.getByLabel('Reason').fill('Entered twice')
    await expectAccessible(page, 'removing a candidate')
    await removal.getByRole('button', { name: 'Remove n010' }).click()
    await page.getByText('One candidate is removed.').waitFor()
    await page.getByText('2 of 300').waitFor()
    await page.goto(`/exams/${exam_id}/candidates?search=n00`)
    await page.getByText('10 of 300, by nickname').waitFor()
    await page.getByRole('button', { name: 'Remove these' }).click()
    const several = page.getByRole('dialog', { name: 'Remove 8 candidates?' })
    await several.getByText('8 of the 10 in this list have handed in nothing and are removed').waitFor()
    await several.getByText('2 have handed in or promised a file and stay.').waitFor()
    await several.getByLabel('Reason').fill('Another course')
    await several.getByRole('button', { name: 'Remove 8 candidates' }).click()
    await page.getByText('8 candidates are removed.').waitFor()
    await page.getByText('2 of 292, by nickname').waitFor()
    expect((await fetch(`${product.base_url}/api/hand-in/${codes.get('n010')!.upload_code}`)).status).toBe(404)

    // 7. Everything as one archive, before the time is over.
    await page.goto(`/exams/${exam_id}`)
    await page.getByText('2 of 292').waitFor()
    const archive = await saved(page, () => page.getByRole('link', { name: 'Download all files' }).last().click())
    const files = unzipped(archive.bytes)
    const mine = [...files].find(([name]) => name.includes('Lösung.pdf'))
    expect(mine?.[0]).toContain('n006')
    expect(sha256(mine![1])).toBe(receipt.sha256)

    // A dispute: nothing is deleted until somebody says so.
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByLabel('Reason').fill('Appeal of n006')
    await page.getByRole('button', { name: 'Hold every file' }).click()
    await page.getByText('Nothing of this exam is deleted').waitFor()
    await expectAccessible(page, 'settings')
    await page.getByRole('button', { name: 'Lift the hold' }).click()
    await confirm(page, 'Let it run')
    await page.getByRole('button', { name: 'Hold every file' }).waitFor()
    await page.getByLabel('As many as they like').check()
    await page.getByRole('button', { name: 'Save the settings' }).click()
    await page.getByText('The settings are saved.').waitFor()
    const look = await fetch(`${product.base_url}/api/hand-in/${codes.get('n011')!.upload_code}`)
    expect(await look.json()).toMatchObject({ uploads_left: null, exam: { max_uploads: null } })
    expect(complaints).toEqual([])

    // 8. Nobody is handed a key in production.
    const answer = (await page.goto('/auth/token'))!
    expect([answer.status(), await answer.json()]).toEqual([404, { detail: 'Not Found' }])

    const phone = await visit(browser, product.base_url, { width: 390, dark: true })
    await signIn(phone.page, ADMIN.email, ADMIN.password)
    for (const address of ['/exams', '/exams/new', ...['', '/candidates', '/import', '/log', '/settings'].map((tab) => `/exams/${exam_id}${tab}`)]) {
      await phone.page.goto(address)
      await phone.page.getByRole('heading', { level: 1 }).waitFor()
      await phone.page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => undefined)
      await expectNoSidewaysScroll(phone.page, address)
      await expectAccessible(phone.page, `${address} on a phone in the dark`)
    }
    await phone.context.close()
    await context.close()
  }, 240_000)

  test('what candidates send runs no script in an examiner’s browser', async () => {
    const exam = await call<{ id: string }>(token, 'POST', '/api/exams', { title: 'Polyglots' })
    const beacon = `fetch('/pwned');parent.postMessage('pwned','*');opener&&opener.postMessage('pwned','*')`
    const sent: [string, string, string][] = [
      ['page.html', 'text/html', `<!doctype html><title>x</title><script>${beacon}</script>`],
      [
        'picture.svg',
        'image/svg+xml',
        `<svg xmlns="http://www.w3.org/2000/svg" onload="${beacon.replaceAll('&', '&amp;')}"><script>${beacon.replaceAll('&', '&amp;')}</script></svg>`,
      ],
      [
        'thesis.pdf',
        'application/pdf',
        '%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF',
      ],
      ['program.js', 'text/javascript', beacon],
      // A picture to whoever looks at its first bytes, a program to whoever runs it.
      ['polyglot.gif', 'image/gif', `GIF89a=0;${beacon};`],
      [
        'notebook.ipynb',
        'application/x-ipynb+json',
        JSON.stringify({ cells: [{ cell_type: 'markdown', source: [`<img src=x onerror="${beacon}">`] }] }),
      ],
      ['lies.pdf', 'text/html', `<html><script>${beacon}</script>`],
      [
        'page.xhtml',
        'application/xhtml+xml',
        `<html xmlns="http://www.w3.org/1999/xhtml"><script>${beacon.replaceAll('&', '&amp;')}</script></html>`,
      ],
    ]
    const { page, context } = await visit(browser, product.base_url)
    await signIn(page, ADMIN.email, ADMIN.password)
    const signs: string[] = []
    context.on('request', (request) => {
      if (request.url().includes('pwned')) signs.push(request.url())
    })
    context.on('page', (opened) => opened.on('dialog', (dialog) => signs.push(dialog.message())))
    page.on('dialog', (dialog) => signs.push(dialog.message()))
    await page.goto('/exams')
    await page.evaluate(() => window.addEventListener('message', (event) => event.data === 'pwned' && void fetch('/pwned-message')))
    // The guard itself: the same page, served as a page, is noticed.
    await page.route('**/planted', (route) => route.fulfill({ contentType: 'text/html', body: sent[0]![2] }))
    await page.evaluate(() => document.body.append(Object.assign(document.createElement('iframe'), { src: '/planted' })))
    await expect.poll(() => signs.length).toBeGreaterThan(0)
    await page.reload()
    await page.evaluate(() => window.addEventListener('message', (event) => event.data === 'pwned' && void fetch('/pwned-message')))
    signs.length = 0
    for (const [n, [name, type, text]] of sent.entries()) {
      const person = { nickname: `p${n}`, first_name: '<img src=x onerror=fetch("/pwned")>', last_name: 'x' }
      const { upload_code } = await call(token, 'POST', `/api/exams/${exam.id}/candidates`, person)
      const { verification_code } = await handIn(upload_code!, name, Buffer.from(text), type)
      const { candidates } = await call<{ candidates: { nickname: string; last: { submission_id: string } }[] }>(
        token,
        'GET',
        `/api/exams/${exam.id}/board`,
      )
      const by_staff = `/api/submissions/${candidates.find((one) => one.nickname === `p${n}`)!.last.submission_id}/file`
      const { download_url } = await call(token, 'GET', `/api/receipts/${verification_code}/download`)
      for (const address of [by_staff, download_url!]) {
        const response = await page.request.get(address)
        expect(response.headers(), name).toMatchObject({
          'content-disposition': expect.stringMatching(/^attachment/),
          'x-content-type-options': 'nosniff',
          'content-security-policy': expect.stringContaining('sandbox'),
        })
        await page.evaluate(async (src) => {
          for (const tag of ['iframe', 'embed', 'object', 'img', 'video']) {
            const element = document.createElement(tag)
            element.setAttribute(tag === 'object' ? 'data' : 'src', src)
            document.body.append(element)
          }
          window.open(src, '_blank')
        }, address)
        await page.goto(address).catch((error: unknown) => expect(String(error)).toContain('Download is starting'))
      }
    }
    await page.goto(`/exams/${exam.id}`)
    await page.getByText(`${sent.length} of ${sent.length}`).waitFor()
    await page.getByText('<img src=x').first().waitFor()
    await page.waitForTimeout(1_000)
    expect(signs).toEqual([])
    await context.close()
  }, 120_000)
})
