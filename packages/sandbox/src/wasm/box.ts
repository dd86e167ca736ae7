import { parentPort } from 'node:worker_threads'
import { runJavascript } from './javascript.ts'
import type { FromBox, ToBox } from './messages.ts'
import { runPython } from './python.ts'

/** The thread of one run: it waits for its job, runs it and is ended from outside. */

const port = parentPort!
const tell = (message: FromBox) => port.postMessage(message)

port.once('message', async ({ interpreters, job, record }: ToBox) => {
  let began = performance.now()
  const onStart = () => {
    const { user, system } = process.threadCpuUsage()
    began = performance.now()
    tell({ kind: 'started', cpu_ms: (user + system) / 1_000 })
  }
  const run = job.language === 'python' ? runPython : runJavascript
  const ending = await run(interpreters, job, record, onStart)
  tell({ kind: 'ended', ending, time_ms: performance.now() - began })
})
