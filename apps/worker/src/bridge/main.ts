import { openSandboxes } from '@gradus/sandbox/choose'
import { gradeProgram } from '@gradus/sandbox/grade'
import { ConfigError } from '../config.ts'
import { openLog } from '../log.ts'
import { type BridgeConfig, readBridgeConfig, usage } from './config.ts'
import { readExercise } from './exercise.ts'
import { type Bridge, startBridge } from './loop.ts'
import { createXQueueClient, Refused } from './xqueue-client.ts'

/**
 * A bridge: takes submissions from someone else's XQueue server, grades them in our sandboxes, puts the results back.
 * Ends in order on SIGTERM and SIGINT; a second one lets go of running work at once.
 * @throws ConfigError where the operator must change something, a refused account too
 */
async function main(): Promise<void> {
  const config = await readBridgeConfig({ args: process.argv.slice(2) })
  if (config === null) {
    process.stdout.write(usage)
    return
  }
  const log = openLog({ ...config, name: config.queue }, 'bridge')
  let bridge: Bridge | undefined
  let is_stopping = false
  const stop = (signal: NodeJS.Signals): void => {
    log.info({ signal }, is_stopping ? 'letting go of running work' : 'stopping; running work may finish')
    if (is_stopping) bridge?.abandon()
    else bridge?.stop()
    is_stopping = true
  }
  process.on('SIGTERM', stop).on('SIGINT', stop)
  const sandboxes = await openSandboxes({ slots: config.slots })
  try {
    const { languages, missing } = sandboxes
    if (languages.length === 0) throw new ConfigError('No language can be graded on this machine. Run: npm run doctor')
    for (const { language, reasons } of missing) log.warn({ language, reasons }, 'cannot be graded here; npm run doctor tells what to install')
    if (is_stopping) return
    const { server, queue, user, slots, questions } = config
    bridge = startBridge({
      connect: (signal) => createXQueueClient({ ...config, signal }),
      slots,
      poll_ms: config.poll_seconds * 1000,
      lease_ms: config.lease_seconds * 1000,
      readExercise: (payload) => readExercise(payload, questions),
      lacks: (language) => missing.find((one) => one.language === language)?.reasons.join('; ') ?? null,
      grade: (job, signal) => gradeProgram(sandboxes, job, { signal }),
      log,
    })
    log.info({ server, queue, user, slots, languages }, 'taking submissions')
    await bridge.done.catch((error: unknown) => {
      throw error instanceof Refused ? new ConfigError(refusalOf(error, config)) : error
    })
    log.info('stopped')
  } finally {
    await sandboxes.close()
  }
}

function refusalOf({ about, message }: Refused, { server, queue, user }: BridgeConfig): string {
  if (about === 'queue') return `${server} has no queue ${queue}: ${message}.`
  if (about === 'rights') return `${server} does not let ${user} take from the queue ${queue}: ${message}.`
  return `${server} does not let ${user} log in: ${message}.`
}

await main().catch((error: unknown) => {
  const is_config = error instanceof ConfigError
  process.stderr.write(`${is_config ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  process.exitCode = is_config ? 2 : 1
})
// Whatever still holds the process, such as a connection that is kept alive, is of no use any more.
process.exit()
