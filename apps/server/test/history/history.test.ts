import { describe, expect, test } from 'vitest'
import { SERVER_ROOT } from './cluster.ts'
import { mutants, plant } from './mutants.ts'
import { runHistory } from './run.ts'

/** More seeds for a night: GRADUS_HISTORY_SEEDS=200. */
const seeds = Number(process.env.GRADUS_HISTORY_SEEDS ?? 2)
const first = Number(process.env.GRADUS_HISTORY_FIRST ?? Date.now() % 100_000)

describe('random histories with kills keep every promise', () => {
  test.each(Array.from({ length: seeds }, (_, i) => first + i))('seed %i', { timeout: 180_000 }, async (seed) => {
    const { broken, history, faults, acknowledged } = await runHistory({ seed, server_root: SERVER_ROOT, seconds: 10 })
    expect(broken.slice(0, 20)).toEqual([])
    // A history in which nothing happened proves nothing.
    expect(acknowledged).toBeGreaterThan(100)
    expect(faults.server + faults.database).toBeGreaterThan(2)
    expect(history.reports.filter((r) => r.status === 200).length).toBeGreaterThan(50)
  })
})

describe('the checker finds planted bugs', () => {
  test.each(mutants)('$name', { timeout: 180_000 }, async (mutant) => {
    const { server_root, remove } = plant(mutant)
    try {
      // A bug that shows by chance gets three chances.
      for (let seed = 1; seed <= 3; seed++) {
        const { broken } = await runHistory({ seed, server_root, seconds: 5, patience_seconds: 12 })
        if (broken.length > 0) return
      }
      expect.fail('three histories with this bug looked right')
    } finally {
      remove()
    }
  })
})
