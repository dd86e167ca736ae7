import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { liveLanguages } from '../apps/server/src/admin/live-languages.ts'
import { demoLines, openDemo } from '../apps/server/src/admin/open-demo.ts'
import { rotateMachineKey } from '../apps/server/src/admin/rotate-machine-key.ts'
import { readConfig } from '../apps/server/src/config.ts'
import { openLog } from '../apps/server/src/http/log.ts'
import { failStart, stopOnSignal } from '../apps/server/src/lifecycle.ts'
import { type RunningServer, runServer } from '../apps/server/src/run.ts'
import { buildWeb, isWebStale } from './build-web.ts'
import { superviseWorker } from './own-worker.ts'

/** `npm start`: pages, database, server, demo course and one grading worker, from nothing but this folder. */

/** The first start of a worker looks at every sandbox and language of the machine. */
const WORKER_PATIENCE_MS = 60_000

const say = (line: string): void => void process.stdout.write(`${line}\n`)

try {
  const config = readConfig()
  const log = openLog(config, 'server')
  if (isWebStale()) {
    say('Building the pages …')
    buildWeb()
  }
  say(config.database_url === undefined ? `Starting with the data in ${config.data_dir} …` : 'Starting with the database of DATABASE_URL …')
  const starting = start(config, log)
  let isStopping = false
  stopOnSignal(async () => {
    isStopping = true
    say('Stopping …')
    const running = await starting
    await running.worker?.stop()
    await running.server.stop()
  })
  const { server, demo } = await starting
  const languages = config.worker_slots === 0 ? [] : await waitForLanguages(server, () => isStopping)
  if (!isStopping) {
    say('')
    for (const line of [`Gradus is running at ${server.address} (Ctrl-C stops it)`, ...demo, languagesLine(languages, config.worker_slots)]) say(line)
  }
} catch (error) {
  failStart(error)
}

async function start(config: ReturnType<typeof readConfig>, log: ReturnType<typeof openLog>) {
  const server = await runServer(config, log)
  try {
    const demo = config.demo ? demoLines(await openDemo(server.db, config.data_dir)) : []
    const name = `npm start on ${hostname()}:${new URL(server.local_address).port}`.slice(0, 100)
    const worker =
      config.worker_slots === 0
        ? null
        : superviseWorker(
            {
              server: server.local_address,
              token: await rotateMachineKey(server.db, name, 'grade'),
              slots: config.worker_slots,
              log_level: config.log_level,
            },
            log,
          )
    return { server, worker, demo }
  } catch (error) {
    await server.stop()
    throw error
  }
}

type Languages = Awaited<ReturnType<typeof liveLanguages>>

/** What can be graded, once the worker has come for work for the first time. */
async function waitForLanguages({ db }: RunningServer, isStopping: () => boolean): Promise<Languages> {
  const until = Date.now() + WORKER_PATIENCE_MS
  for (;;) {
    const languages = isStopping() ? [] : await liveLanguages(db)
    if (languages.length > 0 || isStopping() || Date.now() > until) return languages
    await sleep(200)
  }
}

function languagesLine(languages: Languages, worker_slots: number): string {
  if (worker_slots === 0) return '  languages  none here: GRADUS_WORKERS is 0, so grading waits for workers elsewhere (npm run worker)'
  if (languages.length === 0) return '  languages  none yet: the worker has not come for work; its log says why, npm run doctor looks at this machine'
  const boxes = [...new Set(languages.map(({ sandbox }) => sandbox))]
  const known = boxes.map((box) => `${languages.flatMap(({ sandbox, runtime }) => (sandbox === box ? [runtime] : [])).join(', ')} in ${box}`)
  return `  languages  ${known.join('; ')} (npm run doctor tells what is missing)`
}
