import { parseArgs } from 'node:util'
import { openSandboxes } from '@gradus/sandbox/choose'
import { examine, report } from './examine.ts'

/** `npm run doctor`: what can be graded on this machine, and what is missing. Exit code 0 where Python and JavaScript can be graded, else 1; 2 for wrong use. */

const given = (() => {
  try {
    return parseArgs({ options: { json: { type: 'boolean', default: false } } }).values
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nnpm run doctor -- [--json]\n`)
    process.exit(2)
  }
})()
const sandboxes = await openSandboxes()
await sandboxes.close()
const health = examine(sandboxes)
process.stdout.write(`${given.json ? JSON.stringify(health, null, 2) : report(health).join('\n')}\n`)
process.exit(health.is_healthy ? 0 : 1)
