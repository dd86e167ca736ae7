import { loadavg } from 'node:os'
import { benchComplete } from './progression/complete.ts'
import { benchOutboxes } from './progression/outboxes.ts'
import { benchStatistics } from './progression/statistics.ts'
import { openScratch } from './scratch.ts'

/**
 * `node bench/progression.ts [statistics|complete|outboxes] [seconds]`: one of the three, or all. Needs DATABASE_URL of a server on which a
 * database may be made, and pgbench.
 */
const [only, seconds = '10'] = process.argv.slice(2)
const benches = {
  statistics: benchStatistics,
  complete: (pool: Parameters<typeof benchComplete>[0], url: string) => benchComplete(pool, url, Number(seconds)),
  outboxes: benchOutboxes,
}
for (const [name, bench] of Object.entries(benches)) {
  if (only !== undefined && only !== name) continue
  console.log(`# ${name}, at a load of ${loadavg()[0]!.toFixed(1)}`)
  // One connection, so that its settings hold for everything that fills the tables.
  const { pool, url, drop } = await openScratch(1)
  await bench(pool, url).finally(drop)
}
