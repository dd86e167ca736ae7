import type { Browser, Page } from 'playwright-core'
import type { Product } from '../product.ts'
import { register, type Visitor, visit } from './browser.ts'

export const PASSWORD = 'a long enough password'
/** Grading of a few small programs, on a machine that does much else. */
export const GRADED = { timeout: 90_000 }

export type Call = <T = Record<string, string>>(token: string, method: string, path: string, body?: unknown) => Promise<T>

/** What the teachers' journeys need beside the pages: the API as a person uses it, and people who may make courses. */
export function teachersOf(product: Product, browser: Browser, admin: string) {
  const call: Call = async <T>(token: string, method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(product.base_url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return (text === '' ? {} : JSON.parse(text)) as T
  }
  const tokenOf = async (email: string): Promise<string> => {
    const response = await fetch(`${product.base_url}/api/auth/cli_token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: PASSWORD, label: 'acceptance' }),
    })
    return ((await response.json()) as { token: string }).token
  }
  /** A visitor whose new account the administrator allows to make courses. */
  const aTeacher = async (name: string, email: string, options: { width?: number; dark?: boolean } = {}): Promise<Visitor> => {
    const visitor = await visit(browser, product.base_url, options)
    await register(visitor.page, name, email, PASSWORD)
    const { users } = await call<{ users: { id: string; email: string }[] }>(admin, 'GET', `/api/admin/users?search=${encodeURIComponent(email)}`)
    await call(admin, 'PATCH', `/api/admin/users/${users.find((user) => user.email === email)!.id}`, { is_creator: true })
    await visitor.page.goto('/')
    return visitor
  }
  /** A published question that prints its own title, made through the API. */
  const aQuestion = async (token: string, title: string): Promise<string> => {
    const slug = title.toLowerCase().replaceAll(' ', '-')
    const spec = {
      kind: 'io',
      languages: { python: { starter: '', reference: `print(${JSON.stringify(title)})\n` } },
      tests: [{ key: 'a', name: 'prints', stdin: '', expected_stdout: `${title}\n` }],
    }
    const { id } = await call(token, 'POST', '/api/questions', { slug, content: { title, statement_markdown: `Print ${title}.`, spec } })
    let trial = await call<{ is_ready: boolean; content_sha256: string }>(token, 'POST', `/api/questions/${id}/try`)
    while (!trial.is_ready) {
      await new Promise((resolve) => setTimeout(resolve, 200))
      trial = await call(token, 'GET', `/api/questions/${id}/try`)
    }
    await call(token, 'POST', `/api/questions/${id}/publish`, { content_sha256: trial.content_sha256 })
    return id!
  }
  return { call, tokenOf, aTeacher, aQuestion }
}

/** Says yes in the dialog that is open. */
export const confirm = (page: Page, button: string): Promise<void> =>
  page.getByRole('dialog').getByRole('button', { name: button, exact: true }).click()

/** Waits until a try has shown that the question can be published; fails with what the page says instead. */
export async function untilReady(page: Page): Promise<void> {
  const said = page.getByText('Every reference passes and every starter fails: ready to publish.')
  await said.waitFor(GRADED).catch(async () => {
    throw new Error(`not ready to publish; the page says:\n${await page.getByRole('main').innerText()}`)
  })
}
