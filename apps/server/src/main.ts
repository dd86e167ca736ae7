import { readConfig } from './config.ts'
import { openLog } from './http/log.ts'
import { failStart, stopOnSignal } from './lifecycle.ts'
import { runServer } from './run.ts'

/** The server alone, without the worker that `npm start` runs beside it. */
try {
  const config = readConfig()
  const log = openLog(config, 'server')
  const starting = runServer(config, log)
  // Before the port opens: whoever sees it open may send a signal. One during the start lets it finish, then stops it.
  stopOnSignal(async () => {
    const server = await starting
    log.info('draining')
    await server.stop()
    log.info('stopped')
  })
  await starting
} catch (error) {
  failStart(error)
}
