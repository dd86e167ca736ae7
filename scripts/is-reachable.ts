import { readConfig } from '../apps/server/src/config.ts'
import { checkServer } from '../apps/server/src/db/check-server.ts'
import { failStart } from '../apps/server/src/lifecycle.ts'

/** Ends with 0 where the server of DATABASE_URL can be used, with 2 and a sentence where it cannot. */
try {
  await checkServer(readConfig().database_url ?? '')
} catch (error) {
  failStart(error)
}
