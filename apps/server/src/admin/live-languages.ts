import type { Db } from '../db/database.ts'
import { listLanguages } from './queries/system.ts'

/** A grader asks for work at least every 25 s; one that has not for this long is not there. */
const GRADER_SEEN_SECONDS = 90

/** What can be graded right now: one row per language, sandbox and runtime of a grader that is there. */
export const liveLanguages = (db: Db) => listLanguages(db, GRADER_SEEN_SECONDS)
