// Calls one function of the learner's program, once, and answers with what it returned.
//
// Reads {"function": name, "args": [...]} on stdin. Writes {"value": ...} on stdout, or {"unrepresentable": why} for a
// value that JSON cannot hold. What was expected is never in this process, so nothing here is worth forging.
// Runs in Node and in QuickJS: it may use only what wasm/prelude.js offers.
const { readFileSync, writeSync } = require('node:fs')

const { stringify } = JSON
const { exit } = process
const describe = Error.prototype.toString
const call = JSON.parse(readFileSync(0, 'utf8'))

// Stdout is the answer's: what the learner's program prints goes to stderr.
console.log = console.info = console.debug = console.error
try {
  process.stdout.write = process.stderr.write.bind(process.stderr)
} catch {
  // QuickJS has no streams to move.
}

/** Why JSON cannot hold a value; null where it can. */
function objection(value, above) {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return null
  if (typeof value === 'number') return Number.isFinite(value) ? null : `${value} is not a JSON value`
  if (typeof value !== 'object') return value === undefined ? 'undefined is not a JSON value' : `a ${typeof value} is not a JSON value`
  if (above.includes(value)) return 'a value that contains itself is not a JSON value'
  if (above.length > 200) return 'this value is nested too deeply'
  const inside = [...above, value]
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const found = objection(value[i], inside)
      if (found !== null) return found
    }
    return null
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype) return `a ${prototype.constructor?.name || 'value of this class'} is not a JSON value`
  for (const key of Object.keys(value)) {
    const found = objection(value[key], inside)
    if (found !== null) return found
  }
  return null
}

function answer(value) {
  const why = objection(value, [])
  let rest = `${stringify(why === null ? { value } : { unrepresentable: why })}\n`
  // Beyond ASCII everything is escaped, so that a character is a byte and a short write can go on where it stopped.
  rest = rest.replace(/[^\0-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
  while (rest !== '') rest = rest.slice(writeSync(1, rest))
  exit(0)
}

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

try {
  const solution = require('./solution.js')
  const found = typeof solution === 'function' ? solution : solution?.[call.function]
  if (typeof found !== 'function') {
    console.error(`There is no function ${call.function} in this program.`)
    exit(1)
  }
  const result = found(...call.args)
  if (typeof result?.then === 'function') result.then(answer).catch(fail)
  else answer(result)
} catch (error) {
  fail(error)
}
