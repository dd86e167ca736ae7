import { toyGrade } from '../peers/toy-grader.ts'
import { watch } from '../peers/watcher.ts'
import { watcher_new } from '../peers/watcher-new.ts'
import { watcher_old } from '../peers/watcher-old.ts'

/**
 * A watcher as a process of its own, so that it can be killed: `main.ts BASE_URL QUEUE USERNAME PASSWORD old|new TAKES_MS`. Like the
 * real one it ends with 0 where nobody answers its first login, and on SIGTERM after what it holds.
 */
const [base_url, queue, username, password, generation, takes_ms] = process.argv.slice(2) as [string, string, string, string, string, string]
const stopping = new AbortController()
process.on('SIGTERM', () => stopping.abort())
await watch(
  generation === 'old' ? watcher_old : watcher_new,
  { base_url, queue, username, password, grade: toyGrade(Number(takes_ms)), poll_ms: 200 },
  stopping.signal,
).catch(() => {})
