// A grader for an XQueue: node grader.ts https://gradus.example.org QUEUE USERNAME < file-with-the-secret
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const [server, queue, username] = process.argv.slice(2) as [string, string, string]
const secret = readFileSync(0, 'utf8').trim()
let cookie = ''

async function call(path: string, form?: Record<string, string>): Promise<{ return_code: number; content: string }> {
  const response = await fetch(`${server}/xqueue/${path}`, {
    redirect: 'manual', // A redirect means: log in.
    headers: { cookie },
    ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
  })
  const cookies = response.headers.getSetCookie().map((line) => line.split(';')[0])
  if (path === 'login/') cookie = cookies.join('; ')
  if (response.status !== 302) return await response.json()
  const { return_code, content } = await call('login/', { username, password: secret })
  if (return_code !== 0) throw new Error(content)
  return call(path, form)
}

function grade(answer: string, { expected }: { expected: string }) {
  const correct = answer.trim() === String(expected)
  return { correct, score: correct ? 1 : 0, msg: correct ? '<p>Right.</p>' : '<p>Not yet.</p>' }
}

for (;;) {
  const { return_code, content } = await call(`get_submission/?queue_name=${encodeURIComponent(queue)}`)
  if (return_code !== 0) {
    await sleep(1_000)
    continue
  }
  const { xqueue_header, xqueue_body } = JSON.parse(content)
  const { student_response, grader_payload } = JSON.parse(xqueue_body)
  const result = grade(student_response, JSON.parse(grader_payload))
  console.log(await call('put_result/', { xqueue_header, xqueue_body: JSON.stringify(result) }))
}
