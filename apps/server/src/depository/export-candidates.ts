import { csvOf } from '@gradus/contract/csv'
import type { DbOrTx } from '../db/database.ts'
import { listArchive } from './queries/board.ts'

const head = [
  'nickname',
  'first_name',
  'last_name',
  'email',
  'upload_code',
  'uploads_used',
  'handed_in_at',
  'is_late',
  'filename',
  'size_bytes',
  'sha256',
  'verification_code',
]

/** The candidates of an exam with codes and what they handed in last, for spreadsheets. */
export const exportCandidates = async (db: DbOrTx, exam_id: string): Promise<string> =>
  csvOf(
    head,
    (await listArchive(db, exam_id)).map((row) => head.map((name) => row[name as keyof typeof row])),
  )
