import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Product, startProduct } from '../product.ts'
import { expectAccessible, expectNoSidewaysScroll, hasBrowser, openBrowser, visit } from './browser.ts'
import { type Call, teachersOf } from './teachers.ts'

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const aPdf = (size: number): Buffer => Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(size - 9)])
const fromNow = (ms: number): string => new Date(Date.now() + ms).toISOString()

const HOUR = 3_600_000
const LIMIT = 3_145_728

interface HandIn {
  uploads_used: number
  receipts: { verification_code: string; state: string; handed_in_at: string; is_late: boolean; sha256: string }[]
}

/** J1 in Chromium against the product as `npm start` runs it. */
describe.skipIf(!hasBrowser)('J1: a candidate in an exam hall, with a code and no account', () => {
  let product: Product
  let browser: Browser
  let token: string
  let call: Call

  beforeAll(async () => {
    product = await startProduct({ GRADUS_DEMO: 'off', GRADUS_WORKERS: '0' })
    browser = await openBrowser()
    token = await product.adminToken()
    call = teachersOf(product, browser, token).call
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await product?.stop()
  })

  const anExam = (more: Record<string, unknown> = {}) =>
    call<{ id: string }>(token, 'POST', '/api/exams', { title: 'Algebra, winter', time_zone: 'Europe/Berlin', closes_at: fromNow(HOUR), ...more })
  const aCandidate = (exam_id: string, nickname: string) =>
    call<{ id: string; upload_code: string }>(token, 'POST', `/api/exams/${exam_id}/candidates`, {
      nickname,
      first_name: 'Ada',
      last_name: 'Lovelace',
    })
  const asked = async (path: string) => {
    const response = await fetch(product.base_url + path)
    return { status: response.status, body: (await response.json()) as HandIn & { code: string; message: string; download_url: string } }
  }
  const choose = (page: Page, name: string, buffer: Buffer) =>
    page.getByLabel(/^Choose (a|another) file$/).setInputFiles({ name, mimeType: 'application/octet-stream', buffer })
  const handIn = async (page: Page, name: string, buffer: Buffer) => {
    await choose(page, name, buffer)
    await page.getByRole('button', { name: 'Hand in this file' }).click()
  }
  /** The line of a page: how fast it sends, and whether it is there at all. One session for both, or the first would win. */
  const aLine = async (page: Page) => {
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Network.enable')
    const set = (offline: boolean, uploadThroughput: number) =>
      devtools.send('Network.emulateNetworkConditions', { offline, latency: 0, downloadThroughput: -1, uploadThroughput })
    return { slow: (bytes_per_second: number) => set(false, bytes_per_second), cut: () => set(true, -1), mend: () => set(false, -1) }
  }
  const blobs = async (): Promise<number> => {
    const entries = await readdir(join(product.data_dir, 'blobs'), { recursive: true, withFileTypes: true })
    return entries.filter((entry) => entry.isFile()).length
  }

  test('from a code on paper to a receipt, and what is refused', async () => {
    const exam = await anExam({ allowed_types: ['pdf', 'zip'] })
    const csv = 'nickname,first_name,last_name,upload_code\nal01,Ada,Lovelace,7KQ2M9XA'
    await call(token, 'POST', `/api/exams/${exam.id}/candidates/import`, { csv })
    const { page, complaints, context } = await visit(browser, product.base_url)
    const first = aPdf(2_900_000)

    // 1. Types the code from paper in lower case with a space; the page names the exam and the uploads left.
    await page.goto('/')
    await page.getByRole('link', { name: 'Hand in a file' }).click()
    await page.getByLabel('Your code').waitFor()
    await expectAccessible(page, 'the field for a code')
    await page.getByLabel('Your code').fill('7kq2 m9xa')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Algebra, winter' }).waitFor()
    await page.getByText('5 uploads left').waitFor()
    await page.getByText('At most 3 MiB (3,145,728 bytes); .pdf or .zip files.').waitFor()
    await page.getByText(/closes .* \((CET|CEST|GMT\+\d)\), on your clock/).waitFor()
    await expectAccessible(page, 'before handing in')

    // 2. Picks 2.9 MB: hash before it is sent, progress with speed and time left, then the receipt.
    const line = await aLine(page)
    await line.slow(1_500_000)
    await choose(page, 'Lösung – محمد.pdf', first)
    await page.getByRole('region', { name: 'The chosen file' }).getByText(sha256(first)).waitFor()
    await expectAccessible(page, 'a chosen file')
    await page.getByRole('button', { name: 'Hand in this file' }).click()
    await page.getByText(/\d+ % sent, .* a second, .* left/).waitFor()
    const receipt = page.getByRole('region', { name: /^Receipt / })
    await receipt.getByText(sha256(first)).waitFor()
    await page.getByText('equals the one computed on this device').waitFor()
    await receipt.getByText('2.8 MiB (2,900,000 bytes)').waitFor()
    await receipt
      .getByText(/ CES?T$/)
      .first()
      .waitFor()
    await page.getByText('4 uploads left').waitFor()
    await expectAccessible(page, 'after handing in')
    const { body: after } = await asked('/api/hand-in/7KQ2M9XA')
    const verification_code = after.receipts[0]!.verification_code

    // 3. Picks 3.1 MB: told before sending, and still four left.
    await page.getByRole('button', { name: 'Hand in a later version' }).click()
    await choose(page, 'large.pdf', aPdf(LIMIT + 1))
    await page.getByText('“large.pdf” is too large').waitFor()
    await choose(page, 'notes.docx', aPdf(1_000))
    await page.getByText('“notes.docx” is not of a type that is taken here').waitFor()
    await choose(page, 'nothing.pdf', Buffer.alloc(0))
    await page.getByText('“nothing.pdf” is empty').waitFor()
    await page.getByText('4 uploads left').waitFor()
    await expectAccessible(page, 'a file that is too large')
    // The examiner lowers the limit while the page stands open: told after sending, too.
    await call(token, 'PATCH', `/api/exams/${exam.id}`, { max_bytes: 1_000_000 })
    await handIn(page, 'too-large-now.pdf', aPdf(1_500_000))
    await page.getByText(/“too-large-now.pdf”: The file is larger than this exam or question takes/).waitFor()
    await page.getByText('At most 976.6 KiB (1,000,000 bytes)').waitFor()
    await page.getByText('4 uploads left').waitFor()
    await call(token, 'PATCH', `/api/exams/${exam.id}`, { max_bytes: LIMIT })

    // 5. Opens the receipt on a phone, by the address in its QR code: the bytes equal the upload.
    const phone = await visit(browser, product.base_url, { width: 390, dark: true })
    await phone.page.goto('/receipt')
    await phone.page.getByLabel('Verification code').fill(verification_code.toLowerCase().replace(/(.{4})/g, '$1 '))
    await phone.page.keyboard.press('Enter')
    await phone.page.getByRole('button', { name: 'Download the file' }).waitFor()
    await expectAccessible(phone.page, 'the receipt on a phone in the dark')
    await expectNoSidewaysScroll(phone.page, 'the receipt')
    const coming = phone.page.waitForEvent('download')
    await phone.page.getByRole('button', { name: 'Download the file' }).click()
    const download = await coming
    expect(download.suggestedFilename()).toBe('Lösung – محمد.pdf')
    expect((await readFile(await download.path())).equals(first)).toBe(true)
    // Nothing is uploaded to compare.
    const sent: string[] = []
    phone.page.on('request', (request) => sent.push(request.method()))
    const compare = (buffer: Buffer) =>
      phone.page.getByLabel('Choose a file to check').setInputFiles({ name: 'x.pdf', mimeType: 'application/pdf', buffer })
    await compare(first)
    await phone.page.getByText('Equal', { exact: true }).waitFor()
    await compare(Buffer.concat([first.subarray(0, -1), Buffer.from([first.at(-1)! ^ 1])]))
    await phone.page.getByText('it has the same size and other bytes').waitFor()
    expect(sent.filter((method) => method !== 'GET')).toEqual([])
    // It prints on one sheet.
    const pdf = (await phone.page.pdf({ preferCSSPageSize: true })).toString('latin1')
    expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(1)

    // 4. Uploads again; the old code answers "superseded", the old bytes are gone.
    await page.reload()
    await page.getByRole('button', { name: 'Hand in a later version' }).click()
    const second = aPdf(40_000)
    await handIn(page, 'second.pdf', second)
    await receipt.getByText(sha256(second)).waitFor()
    await page.getByText('3 uploads left').waitFor()
    expect((await asked(`/api/receipts/${verification_code}/download`)).status).toBe(410)
    await expect.poll(blobs, { timeout: 20_000 }).toBe(1)
    await phone.page.reload()
    await phone.page.getByText('A later file took the place of this one').waitFor()
    expect(await phone.page.getByRole('button', { name: 'Download the file' }).count()).toBe(0)

    // 6. The sixth accepted upload is refused, on a page that did not know; a mistyped code says not found; guesses end.
    for (const n of [3, 4]) {
      await page.getByRole('button', { name: 'Hand in a later version' }).click()
      await handIn(page, `n${n}.pdf`, aPdf(1_000))
      await page.getByText(`${5 - n} ${n === 4 ? 'upload' : 'uploads'} left`).waitFor()
    }
    await page.getByRole('button', { name: 'Hand in a later version' }).click()
    await choose(page, 'sixth.pdf', aPdf(2_000))
    await page.getByText('This is your last upload').waitFor()
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(aPdf(1_000))]), 'fifth.pdf')
    const fifth = await fetch(`${product.base_url}/api/hand-in/7KQ2M9XA/files`, {
      method: 'POST',
      body: form,
      headers: { 'idempotency-key': 'the-fifth-one' },
    })
    expect(fifth.status).toBe(201)
    await page.getByRole('button', { name: 'Hand in this file' }).click()
    await page.getByText('All uploads are used').first().waitFor()
    expect((await asked('/api/hand-in/7KQ2M9XA')).body.uploads_used).toBe(5)
    await expectAccessible(page, 'all uploads used')

    await phone.page.goto('/hand-in/7KQ2M9XB')
    await phone.page.getByText('No exam has this code').waitFor()
    await expectAccessible(phone.page, 'a wrong code')
    for (let n = 0; n < 25; n++) await asked(`/api/hand-in/WRONG${String(n).padStart(3, '0')}`)
    await phone.page.goto('/hand-in/7KQ2M9XC')
    await phone.page.getByText('Too many wrong codes from this network').waitFor()
    await expectAccessible(phone.page, 'too many wrong codes')
    await phone.page.goto('/hand-in/7KQ2M9XA')
    await phone.page.getByRole('heading', { level: 1, name: 'Algebra, winter' }).waitFor()
    await expectNoSidewaysScroll(phone.page, 'handing in on a phone')
    expect([...complaints, ...phone.complaints]).toEqual([])
    // No account, no password, and no cookie either (R2).
    expect([...(await context.cookies()), ...(await phone.context.cookies())]).toEqual([])
    await context.close()
    await phone.context.close()
  }, 240_000)

  // 7. Cuts the network in the middle: no receipt, the count unchanged; then it goes out by itself, once.
  test('a cut line loses nothing and counts nothing', async () => {
    const exam = await anExam()
    const { upload_code } = await aCandidate(exam.id, 'cut')
    const { page, context, complaints } = await visit(browser, product.base_url)
    const file = aPdf(2_900_000)
    await page.goto(`/hand-in/${upload_code}`)
    await page.getByText('5 uploads left').waitFor()
    const line = await aLine(page)
    await line.slow(60_000)
    await handIn(page, 'work.pdf', file)
    await page.getByText(/[1-9]\d? % sent/).waitFor()
    await line.cut()
    await page.getByText('You are offline').waitFor()
    await page.getByText('The file is kept on this device').waitFor()
    await expectAccessible(page, 'offline')
    const during = (await asked(`/api/hand-in/${upload_code}`)).body
    expect([during.uploads_used, during.receipts]).toEqual([0, []])
    await line.mend()
    await page
      .getByRole('region', { name: /^Receipt / })
      .getByText(sha256(file))
      .waitFor()
    await page.getByText('4 uploads left').waitFor()
    expect((await asked(`/api/hand-in/${upload_code}`)).body.uploads_used).toBe(1)

    // The browser is closed in the middle of the next one: the page takes it up again when it is opened.
    const next = aPdf(2_900_000)
    await line.slow(60_000)
    await page.getByRole('button', { name: 'Hand in a later version' }).click()
    await handIn(page, 'later.pdf', next)
    await page.getByText(/[1-9]\d? % sent/).waitFor()
    await page.close()
    const again = await context.newPage()
    await again.goto(`/hand-in/${upload_code}`)
    await again
      .getByRole('region', { name: /^Receipt / })
      .getByText(sha256(next))
      .waitFor({ timeout: 30_000 })
    expect((await asked(`/api/hand-in/${upload_code}`)).body.uploads_used).toBe(2)
    expect(complaints).toEqual([])
    await context.close()
  }, 120_000)

  test('near the end the hash goes first: a line that breaks then loses no deadline', async () => {
    const closes_at = fromNow(30_000)
    const exam = await anExam({ closes_at, hash_first_grace_seconds: 300 })
    const { upload_code } = await aCandidate(exam.id, 'slow')
    const { page, context } = await visit(browser, product.base_url)
    const file = aPdf(2_900_000)
    await page.goto(`/hand-in/${upload_code}`)
    await page.getByText('5 uploads left').waitFor()
    const line = await aLine(page)
    await line.slow(100_000)
    await handIn(page, 'last-minute.pdf', file)
    await page.getByText('The hash of this file is recorded in time').waitFor()
    await page.getByText(/\d+ % sent/).waitFor()
    await line.cut()
    await page.getByText('You are offline').waitFor()
    await expect.poll(() => Date.now() > Date.parse(closes_at) + 500, { timeout: 60_000, interval: 250 }).toBe(true)
    await page.getByText('Closed', { exact: true }).waitFor()
    await page.getByText('The file whose hash was recorded in time still is').waitFor()
    expect(await page.getByText('The hash of this file is recorded in time').count()).toBe(1)
    await expectAccessible(page, 'offline after the end')
    await line.mend()
    await page.goto(`/hand-in/${upload_code}`)
    await page
      .getByRole('region', { name: /^Receipt / })
      .getByText(sha256(file))
      .waitFor()
    await page.getByText('This exam is closed').waitFor()
    await expectAccessible(page, 'a closed exam')
    const { receipts } = (await asked(`/api/hand-in/${upload_code}`)).body
    expect(receipts).toMatchObject([{ state: 'kept', is_late: false, sha256: sha256(file) }])
    expect(Date.parse(receipts[0]!.handed_in_at)).toBeLessThan(Date.parse(closes_at))

    // Another file is not taken any more, and an exam that has not begun says when it does.
    const early = await anExam({ opens_at: fromNow(HOUR), closes_at: fromNow(2 * HOUR) })
    const { upload_code: early_code } = await aCandidate(early.id, 'early')
    await page.goto(`/hand-in/${early_code}`)
    await page.getByText('Not open yet').waitFor()
    expect(await page.getByRole('button', { name: 'Choose a file' }).count()).toBe(0)
    await expectAccessible(page, 'an exam that is not open yet')
    await context.close()
  }, 120_000)

  test('a device whose clock is two hours wrong hands in by the clock of the server', async () => {
    const exam = await anExam({ closes_at: fromNow(HOUR) })
    const { upload_code } = await aCandidate(exam.id, 'skewed')
    const { page, context, complaints } = await visit(browser, product.base_url)
    await context.clock.install({ time: Date.now() + 2 * HOUR })
    await page.goto(`/hand-in/${upload_code}`)
    await page.getByText('5 uploads left').waitFor()
    await page
      .getByRole('timer')
      .getByText(/^(59:|1:00:)/)
      .waitFor()
    await handIn(page, 'work.pdf', aPdf(1_000))
    await page.getByText('4 uploads left').waitFor()
    const [receipt] = (await asked(`/api/hand-in/${upload_code}`)).body.receipts
    expect(Math.abs(Date.parse(receipt!.handed_in_at) - Date.now())).toBeLessThan(60_000)
    expect(complaints).toEqual([])
    await context.close()
  }, 60_000)

  // 8. After 72 hours, by a clock that is an argument of the sweep: the file is gone, and the receipt says so.
  test('after three days the file is deleted by policy, and the receipt stays', async () => {
    const exam = await anExam()
    const { upload_code } = await aCandidate(exam.id, 'kept')
    const { page, context, complaints } = await visit(browser, product.base_url)
    const file = aPdf(20_000)
    await page.goto(`/hand-in/${upload_code}`)
    await handIn(page, 'kept.pdf', file)
    await page
      .getByRole('region', { name: /^Receipt / })
      .getByText(sha256(file))
      .waitFor()
    const { verification_code, handed_in_at } = (await asked(`/api/hand-in/${upload_code}`)).body.receipts[0]!
    const sweepAt = (ms_after: number) => product.admin('sweep-files', '--at', new Date(Date.parse(handed_in_at) + ms_after).toISOString())
    await sweepAt(72 * HOUR - 60_000)
    await page.goto(`/receipt/${verification_code}`)
    await page.getByText(/It is kept until .*; the receipt stays/).waitFor()
    const download = page.getByRole('button', { name: 'Download the file' })
    await download.waitFor()

    await sweepAt(72 * HOUR)
    const gone = await asked(`/api/receipts/${verification_code}/download`)
    expect(gone).toMatchObject({ status: 410, body: { code: 'file_deleted', message: expect.stringContaining('deleted by policy') } })
    // The page that stood open asks, is told, and says so; so does one that is opened now.
    await download.click()
    await page.getByText('The file was deleted by policy').first().waitFor()
    await page.reload()
    const receipt = page.getByRole('region', { name: /^Receipt / })
    await receipt.getByText('File deleted').waitFor()
    await receipt.getByText(/The file was deleted by policy on .* CES?T: .* still counts, and this receipt stays valid/).waitFor()
    await receipt.getByText(sha256(file)).waitFor()
    expect(await download.count()).toBe(0)
    await expectAccessible(page, 'the receipt of a deleted file')
    // What the student still has can be held against it.
    await page.getByLabel('Choose a file to check').setInputFiles({ name: 'kept.pdf', mimeType: 'application/pdf', buffer: file })
    await page.getByText('Equal', { exact: true }).waitFor()
    await page.goto(`/hand-in/${upload_code}`)
    await page.getByText('File deleted').first().waitFor()
    await page.getByText('4 uploads left').waitFor()
    await expectAccessible(page, 'handing in after the file was deleted')
    await expect.poll(blobs, { timeout: 20_000 }).toBe(0)
    expect(complaints).toEqual([])
    await context.close()
  }, 120_000)
})
