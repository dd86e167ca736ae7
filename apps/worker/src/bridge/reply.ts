import type { QuestionSpec } from '@gradus/contract/questions'
import { scoreOf } from '@gradus/problem/score'
import type { GradingReport, TestDetail, TestReport } from '@gradus/sandbox/grade'

/** The longest `msg`, in bytes of UTF-8: servers keep replies in columns of 64 KB. */
export const MAX_MSG_BYTES = 61_440
/** Of these, what compilers may say. */
const MAX_COMPILE_BYTES = 20_480
/** What a checker or a teacher's test file may say of one test. */
const MAX_SAID_BYTES = 2_048
/** Kept free for the sentence that counts what is left out. */
const TAIL_BYTES = 256

type Test = QuestionSpec['tests'][number]

/** What a grader answers, with the points of the tests in `score`: the sum of those accepted. */
export interface Reply {
  correct: boolean
  score: number
  msg: string
}

/**
 * The answer to a submission. `msg` is well-formed XML that is HTML as well, at most MAX_MSG_BYTES long; it has a
 * sentence for every visible test, and of hidden ones nothing but how many are accepted. Null where the report has an
 * `internal_error` or does not tell of every test: that is our failure, and must not be a score.
 */
export function replyTo(spec: { tests: readonly Test[] }, report: GradingReport): Reply | null {
  const by_key = new Map(report.tests.map((test) => [test.key, test]))
  const tests = spec.tests.map((test, i) => ({ test, number: i + 1, found: by_key.get(test.key) }))
  if (!tests.every((one) => one.found !== undefined && one.found.verdict !== 'internal_error')) return null
  const known = tests as { test: Test; number: number; found: TestReport }[]
  const score = scoreOf(
    known.map(({ test, found }) => ({ points: test.points, verdict: found.verdict })),
    null,
  )
  const right = known.filter(({ found }) => found.verdict === 'accepted')
  const is_skipped = known.every(({ found }) => found.verdict === 'skipped')
  const hidden = known.filter(({ test }) => test.is_hidden)
  const points = `${score.points} of ${score.points_possible} ${score.points_possible === 1 ? 'point' : 'points'}`
  const head = is_skipped
    ? [`<p>The code does not compile: ${points}.</p>`]
    : [`<p>${right.length} of ${known.length} ${known.length === 1 ? 'test' : 'tests'} accepted: ${points}.</p>`]
  const foot: string[] = []
  if (hidden.length > 0 && !is_skipped) {
    const accepted = hidden.filter(({ found }) => found.verdict === 'accepted').length
    foot.push(`<p>Hidden tests: ${accepted} of ${hidden.length} accepted.</p>`)
  }
  if (report.compile_output.trim() !== '') foot.push(pre(report.compile_output, MAX_COMPILE_BYTES))
  const items = is_skipped ? [] : known.filter(({ test }) => !test.is_hidden).map(({ test, number, found }) => item(test, number, found))
  return { correct: right.length === known.length, score: score.points, msg: put(head, items, foot) }
}

/** The answer to a submission that no grader could ever read, through the learner's own doing. */
export const refusal = (sentence: string): Reply => ({ correct: false, score: 0, msg: `<div><p>${escaped(sentence)}</p></div>` })

/** Whole elements only, so that what is cut is still well formed. */
function put(head: readonly string[], items: readonly string[], foot: readonly string[]): string {
  const bytes = (parts: readonly string[]): number => parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0)
  let left = MAX_MSG_BYTES - TAIL_BYTES - bytes(head) - bytes(foot)
  const end = items.findIndex((one) => {
    left -= Buffer.byteLength(one)
    return left < 0
  })
  const shown = end === -1 ? items : items.slice(0, end)
  const list = shown.length === 0 ? '' : `<ul>${shown.join('')}</ul>`
  const more = items.length - shown.length
  const rest = more === 0 ? '' : `<p>${more} more ${more === 1 ? 'test is' : 'tests are'} not shown here.</p>`
  return `<div>${head.join('')}${list}${rest}${foot.join('')}</div>`
}

function item(test: Test, number: number, { verdict, detail, time_ms }: TestReport): string {
  const name = test.name.trim() === '' || test.name === String(number) ? '' : `, ${escaped(test.name)}`
  const says = detail.message !== undefined && detail.message.trim() !== '' ? pre(detail.message, MAX_SAID_BYTES) : ''
  return `<li>Test ${number}${name}: ${happened(test, verdict, detail, time_ms)}${says}</li>`
}

/** The rest of the sentence after the test's name. */
function happened(test: Test, verdict: TestReport['verdict'], detail: TestDetail, time_ms: number | null): string {
  const line = detail.differs_at_line === undefined ? '' : `, first on line ${detail.differs_at_line}`
  switch (verdict) {
    case 'accepted':
      return time_ms === null ? 'right.' : `right, in ${time_ms} ms.`
    case 'wrong_answer':
      return detail.call !== undefined && detail.got !== undefined && detail.expected !== undefined
        ? `${code(detail.call)} returned ${code(detail.got)}, expected ${code(detail.expected)}.`
        : `the answer is wrong${line}.`
    case 'presentation_error':
      return `the right words, but spaces or line breaks differ${line}.`
    case 'time_limit':
      return `stopped because it took too long; the limit is ${test.time_ms / 1000} s.`
    case 'memory_limit':
      return `stopped because it used more than ${test.memory_mb} MB of memory.`
    case 'output_limit':
      return 'stopped because it printed too much.'
    case 'runtime_error':
      return `stopped with ${code(detail.exception ?? detail.signal ?? `exit code ${detail.exit_code ?? 'unknown'}`)}.`
    case 'compile_error':
    case 'skipped':
      return 'not run, because the code does not compile.'
    case 'internal_error':
      return 'the grader failed, not the code.'
  }
}

const code = (text: string): string => `<code>${escaped(text.length > 80 ? `${text.slice(0, 77)}…` : text)}</code>`

/** What text means in XML and in HTML. Characters that XML 1.0 cannot hold in any form, halves of pairs too, show as �. */
const escaped = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"']/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[one]!)

/** Preformatted text that takes at most `max` bytes once it is escaped; never half a character or half an entity. */
function pre(text: string, max: number): string {
  let body = ''
  let left = max
  for (const one of text) {
    const next = escaped(one)
    left -= Buffer.byteLength(next)
    if (left < 0) return `<pre>${body}…</pre>`
    body += next
  }
  return `<pre>${body}</pre>`
}
