import { startProduct } from '../acceptance/product.ts'

/**
 * `node bench/latency.ts [hand-ins]`: time from sending a hand-in to its verdict on an idle machine, beyond the program's own time,
 * as a browser sees it: POST, then the event stream until the outcome.
 */
const count = Number(process.argv[2] ?? 60)
const product = await startProduct({ GRADUS_DEMO: 'on', GRADUS_WORKERS: '2' })
try {
  const token = await product.adminToken()
  const headers = { authorization: `Bearer ${token}` }
  const get = async (path: string) => (await (await fetch(product.base_url + path, { headers })).json()) as Record<string, unknown>
  const course = (await get('/api/courses/first-steps')) as { modules: { steps: { assignment_id: string | null }[] }[] }
  const assignment_id = course.modules.flatMap((m) => m.steps).find((s) => s.assignment_id !== null)!.assignment_id!
  const assignment = (await get(`/api/assignments/${assignment_id}`)) as { questions: { id: string }[] }
  const beyond: number[] = []
  let sandbox = ''
  for (let i = 0; i < count + 5; i++) {
    const started = performance.now()
    const answer = await fetch(`${product.base_url}/api/assignment-questions/${assignment.questions[0]!.id}/submissions`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': `latency-${process.pid}-${i}` },
      body: JSON.stringify({ language: 'python', code: `print(${i})\n` }),
    })
    const { id } = (await answer.json()) as { id: string }
    const outcome = await outcomeOf(id)
    const took = performance.now() - started
    const own = outcome.tests.reduce((sum, test) => sum + (test.time_ms ?? 0), 0)
    sandbox = outcome.sandbox
    // The first few warm the machine up.
    if (i >= 5) beyond.push(took - own)
  }
  beyond.sort((a, b) => a - b)
  const at = (q: number): string => beyond[Math.min(beyond.length - 1, Math.floor(beyond.length * q))]!.toFixed(0)
  console.log(
    `hand-in to verdict beyond the program's own time, Python in ${sandbox}, ${beyond.length} hand-ins: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`,
  )

  async function outcomeOf(id: string): Promise<{ sandbox: string; tests: { time_ms: number | null }[] }> {
    const response = await fetch(`${product.base_url}/api/submissions/${id}/events`, { headers })
    let text = ''
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk
      for (const line of text.split('\n')) {
        if (!line.startsWith('data:') || !line.includes('"outcome":{')) continue
        try {
          return (JSON.parse(line.slice(5)) as { outcome: never }).outcome
        } catch {
          // The line is not whole yet.
        }
      }
    }
    throw new Error('the stream ended without an outcome')
  }
} finally {
  await product.stop()
}
