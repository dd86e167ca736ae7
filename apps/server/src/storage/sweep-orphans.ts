import type { Blobs } from './blobs.ts'

/** Tells which of some keys are still referred to by rows of one slice. */
export type Holder = (keys: readonly string[]) => Promise<readonly string[]>

/** A blob younger than this may belong to a hand-in whose row is still to come (reliability-security.md 1.2 rule 2). */
export const ORPHAN_SECONDS = 86_400

/**
 * Removes blobs that no row refers to and that are older than a day: what a crash left between the bytes and the row.
 * `holders` must be all the tables that hold keys; background.test.ts keeps the list complete.
 */
export async function sweepOrphans(blobs: Blobs, holders: readonly Holder[], older_than_seconds = ORPHAN_SECONDS): Promise<number> {
  let removed = 0
  for await (const page of blobs.list({ older_than_seconds })) {
    const held = new Set((await Promise.all(holders.map((holder) => holder(page)))).flat())
    for (const key of page) {
      if (held.has(key)) continue
      await blobs.remove(key)
      removed++
    }
  }
  return removed
}
