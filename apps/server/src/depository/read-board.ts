import type { Board, BoardLine } from '@gradus/contract/exams'
import { availabilityAt } from '../courses/availability.ts'
import type { DbOrTx } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import { listBoard, selectBoardHead } from './queries/board.ts'
import { stateOf } from './read-hand-in.ts'

/** An exam's board, whole. @throws problem not_found */
export async function readBoard(db: DbOrTx, exam_id: string): Promise<Board> {
  const head = await selectBoardHead(db, exam_id)
  if (head === undefined) throw problem('not_found')
  const { is_archived: _, ...shown } = head
  const candidates = (await listBoard(db, exam_id)).map((row): BoardLine => {
    const { candidate_id, nickname, first_name, last_name, uploads_used, promised_at, superseded_at, bytes_deleted_at, ...last } = row
    const line = { candidate_id, nickname, first_name, last_name, uploads_used, promised_at }
    return { ...line, last: row.submission_id === null ? null : { ...last, state: stateOf(row) } }
  })
  return { ...shown, availability: availabilityAt(head, head.now), is_whole: true, candidates, removed_ids: [] }
}
