import { readConfig } from './config.ts'
import { openLog } from './http/log.ts'
import { failStart, stopOnSignal } from './lifecycle.ts'
import { runServer } from './run.ts'

/** The server alone, without the worker that `npm start` runs beside it. */
try {
  const config = readConfig()
  const log = openLog(config, 'server')
  const server = await runServer(config, log)
  stopOnSignal(async () => {
    log.info('draining')
    await server.stop()
    log.info('stopped')
  })
} catch (error) {
  failStart(error)
}
