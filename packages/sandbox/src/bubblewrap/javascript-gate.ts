/**
 * Loaded by Node before the learner's file: checks the syntax of every script without running it, says so, waits at the
 * gate and lets Node go on. `u` (unsure) is a text that is no CommonJS script: it may be a module, which only
 * `node --check` can tell, so the sandbox asks that in a box of its own.
 */
export const JAVASCRIPT_GATE = `'use strict'
const fs = require('node:fs')
const { Script } = require('node:vm')
const { wrap } = require('node:module')
let byte = 'r'
for (const name of fs.readdirSync('/sub')) {
  if (name.endsWith('.mjs')) byte = 'u'
  if (!name.endsWith('.js') && !name.endsWith('.cjs')) continue
  try {
    new Script(wrap(fs.readFileSync('/sub/' + name, 'utf8').replace(/^#!.*/, '')), { filename: name })
  } catch {
    byte = 'u'
  }
}
fs.writeSync(3, byte)
fs.readSync(3, Buffer.alloc(1), 0, 1, null)
fs.closeSync(3)
`
