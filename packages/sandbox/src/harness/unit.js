// Runs one test of the teacher's test file, which requires the learner's program into this process.
//
// The learner's code can reach everything here and could pretend to have passed: questions of this kind trust it, and
// say so. Reads {"test": name, "nonce": text} on stdin; writes {"nonce": text, "passed": bool, "message": text} on
// stdout. The nonce only keeps a line that a program happens to print from passing for the answer.
// A test file has test(name, run), assert(claim, message), assertEqual(got, expected, message), assertThrows(run, message).
// Runs in Node and in QuickJS: it may use only what wasm/prelude.js offers.
const { readFileSync, writeSync } = require('node:fs')

const { stringify } = JSON
const { exit } = process
const describe = Error.prototype.toString
const task = JSON.parse(readFileSync(0, 'utf8'))

console.log = console.info = console.debug = console.error
try {
  process.stdout.write = process.stderr.write.bind(process.stderr)
} catch {
  // QuickJS has no streams to move.
}

const tests = new Map()
globalThis.test = (name, run) => {
  if (!tests.has(name)) tests.set(name, run)
}

class AssertionError extends Error {
  name = 'AssertionError'
}
const show = (value) =>
  typeof value === 'object' && value !== null ? stringify(value) : typeof value === 'string' ? stringify(value) : String(value)

function isSame(a, b) {
  if (Object.is(a, b) || a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  if (a instanceof Map || a instanceof Set) return isSame([...a], [...b])
  if (a instanceof Date) return a.getTime() === b.getTime()
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]))
}

globalThis.assert = (claim, message) => {
  if (!claim) throw new AssertionError(message ?? 'an assertion failed')
}
globalThis.assertEqual = (got, expected, message) => {
  if (!isSame(got, expected)) throw new AssertionError(message ?? `expected ${show(expected)}, got ${show(got)}`)
}
globalThis.assertThrows = (run, message) => {
  try {
    run()
  } catch {
    return
  }
  throw new AssertionError(message ?? 'expected an error, but none was thrown')
}

function answer(outcome) {
  let rest = `${stringify({ nonce: task.nonce, ...outcome })}\n`
  rest = rest.replace(/[^\0-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
  while (rest !== '') rest = rest.slice(writeSync(1, rest))
  exit(0)
}

const passed = () => answer({ passed: true, message: '' })

/** Ends as an uncaught error would, but shows the learner's and the teacher's lines only, not ours and not Node's. */
function fail(error) {
  if (error instanceof Error) {
    const calls = String(error.stack)
      .split('\n')
      .filter((line) => /^ +at /.test(line) && !/harness\.js|node:internal|gradus:|\(native\)/.test(line))
    // Without columns: QuickJS counts those of a first line from elsewhere.
    console.error([describe.call(error), ...calls.slice(0, 10).map((line) => line.replace(/:([0-9]+):[0-9]+/, ':$1'))].join('\n'))
  } else console.error('Uncaught', error)
  exit(1)
}

/** A failed assertion is an answer; any other error is the program's own end. */
function failed(error) {
  if (error?.name === 'AssertionError') answer({ passed: false, message: String(error.message).slice(0, 4_000) })
  fail(error)
}

try {
  require('./tests.js')
  const run = tests.get(task.test)
  if (run === undefined) answer({ missing: true })
  const result = run()
  if (typeof result?.then === 'function') result.then(passed, failed).catch(fail)
  else passed()
} catch (error) {
  failed(error)
}
