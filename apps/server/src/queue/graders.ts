import type { DbOrTx } from '../db/database.ts'
import { deleteOldGraders, listServed, noteGrader } from './queries/jobs.ts'

/** A waiting worker asks again at least every 25 s; one that has not for this long is not there. */
const GRADER_SEEN_SECONDS = 90
/** A machine is written down this often at most: every lease would be a write more. */
const NOTE_EVERY_MS = 5_000

/** Writes down which machines ask for work and what they can run. One per process: it remembers what it wrote last. */
export function graderBook(db: DbOrTx): (grader: { name: string; slots: number; languages: readonly unknown[] }) => Promise<void> {
  const noted = new Map<string, { at: number; said: string }>()
  return async ({ name, slots, languages }) => {
    const said = JSON.stringify([slots, languages])
    const last = noted.get(name)
    const now = performance.now()
    if (last !== undefined && last.said === said && now - last.at < NOTE_EVERY_MS) return
    // Machines come and go with new names: the oldest are forgotten here, not in the table.
    if (noted.size >= 1_000) noted.delete(noted.keys().next().value!)
    noted.set(name, { at: now, said })
    await noteGrader(db, { name, slots, languages: JSON.stringify(languages) })
  }
}

/** The languages that a machine seen lately can run. */
export const languagesServed = async (db: DbOrTx): Promise<Set<string>> => new Set(await listServed(db, GRADER_SEEN_SECONDS))

/** Machines that went away this long ago are forgotten: every start of a worker under a new name leaves a row. */
const FORGET_DAYS = 30

export const forgetOldGraders = (db: DbOrTx): Promise<void> => deleteOldGraders(db, FORGET_DAYS)
