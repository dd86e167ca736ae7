import { createClient } from '@gradus/client/client'
import { ApiProblem } from '@gradus/client/problem'
import { sentence } from '@gradus/contract/problems'
import { openSandboxes } from '@gradus/sandbox/choose'
import { ConfigError, readConfig } from './config.ts'
import { gradeIn } from './grading.ts'
import { openLog } from './log.ts'
import { startLoop } from './loop.ts'

/**
 * A grading worker: takes work from the server over HTTP, runs it in sandboxes, reports. Ends in order on SIGTERM and
 * SIGINT; a second one hands running work back at once.
 * @throws ConfigError where the operator must change something, a refused key too
 */
async function main(): Promise<void> {
  const config = readConfig()
  const log = openLog(config)
  const sandboxes = await openSandboxes({ slots: config.slots })
  try {
    const { languages, missing } = sandboxes
    if (languages.length === 0) throw new ConfigError('No language can be graded on this machine. Run: npm run doctor')
    for (const { language, reasons } of missing) log.warn({ language, reasons }, 'cannot be graded here; npm run doctor tells what to install')
    const client = createClient({ base_url: config.server, token: config.token })
    const loop = startLoop({ client, name: config.name, slots: config.slots, languages: [...languages], grade: gradeIn(sandboxes), log })
    log.info({ server: config.server, slots: config.slots, languages }, 'taking work')

    let isStopping = false
    const stop = (signal: NodeJS.Signals): void => {
      log.info({ signal }, isStopping ? 'handing running work back' : 'stopping; running work may finish')
      if (isStopping) loop.abandon()
      else loop.stop()
      isStopping = true
    }
    process.on('SIGTERM', stop).on('SIGINT', stop)
    await loop.done.catch((error: unknown) => {
      if (!(error instanceof ApiProblem)) throw error
      throw new ConfigError(`${config.server} does not take GRADUS_GRADER_TOKEN: ${sentence(error)}`)
    })
    log.info('stopped')
  } finally {
    await sandboxes.close()
  }
}

await main().catch((error: unknown) => {
  const isConfig = error instanceof ConfigError
  process.stderr.write(`${isConfig ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  process.exitCode = isConfig ? 2 : 1
})
// Whatever still holds the process, such as a connection that is kept alive, is of no use any more.
process.exit()
