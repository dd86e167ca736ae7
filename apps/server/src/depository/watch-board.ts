import { Readable } from 'node:stream'
import type { Board } from '@gradus/contract/exams'
import type { FastifyReply } from 'fastify'
import type { Db } from '../db/database.ts'
import { selectBoardMark } from './queries/board.ts'
import { readBoard } from './read-board.ts'

/** A board is looked at this often while somebody watches it, however many do. */
const LOOK_EVERY_MS = 1_000
const COMMENT_EVERY_MS = 15_000

/** One exam's board as the last look found it. Lines keep the number of the look at which they changed. */
interface Watched {
  wakers: Set<() => void>
  look: number
  mark: string
  board: Board | undefined
  lines: Map<string, { shown: string; since: number }>
  removed: Map<string, number>
  timer: NodeJS.Timeout | undefined
}

export interface BoardWatching {
  /** Sends a board as server-sent events: whole at once, then what changed. */
  send(reply: FastifyReply, exam_id: string): FastifyReply
}

/** Reads each watched board at most once a second and only when its mark says that something changed. */
export function openBoardWatching({ db, draining }: { db: Db; draining: AbortSignal }): BoardWatching {
  const watched = new Map<string, Watched>()

  const look = async (exam_id: string, of: Watched): Promise<void> => {
    try {
      const mark = await selectBoardMark(db, exam_id)
      if (mark !== undefined && (mark !== of.mark || of.board === undefined)) {
        note(of, await readBoard(db, exam_id))
        of.mark = mark
        for (const wake of of.wakers) wake()
      }
    } catch {
      // The database is away for a moment; the next look tells.
    }
    if (of.wakers.size > 0 && !draining.aborted) of.timer = setTimeout(() => void look(exam_id, of), LOOK_EVERY_MS)
    else if (watched.get(exam_id) === of) watched.delete(exam_id)
  }
  draining.addEventListener('abort', () => {
    for (const of of watched.values()) for (const wake of of.wakers) wake()
  })

  function watchedOf(exam_id: string): Watched {
    const present = watched.get(exam_id)
    if (present !== undefined) return present
    const made: Watched = { wakers: new Set(), look: 0, mark: '', board: undefined, lines: new Map(), removed: new Map(), timer: undefined }
    watched.set(exam_id, made)
    return made
  }

  async function* eventsOf(exam_id: string, gone: AbortSignal): AsyncGenerator<string, void> {
    const of = watchedOf(exam_id)
    let wake = (): void => {}
    const onChange = (): void => wake()
    of.wakers.add(onChange)
    gone.addEventListener('abort', onChange)
    try {
      yield 'retry: 1000\n\n'
      if (of.timer === undefined) {
        of.timer = setTimeout(() => {}, 0)
        void look(exam_id, of)
      }
      let seen = 0
      while (!gone.aborted && !draining.aborted) {
        if (of.board !== undefined && of.look > seen) {
          const event = since(of, seen)
          seen = of.look
          yield `data: ${JSON.stringify(event)}\n\n`
          continue
        }
        let limit: NodeJS.Timeout | undefined
        const isNews = await new Promise<boolean>((resolve) => {
          wake = () => resolve(true)
          limit = setTimeout(resolve, COMMENT_EVERY_MS, false)
        })
        clearTimeout(limit)
        if (!isNews) yield ': still here\n\n'
      }
    } finally {
      of.wakers.delete(onChange)
    }
  }

  return {
    send(reply, exam_id) {
      const gone = new AbortController()
      reply.raw.on('close', () => gone.abort())
      if (reply.raw.destroyed) gone.abort()
      return reply
        .headers({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
        .send(Readable.from(eventsOf(exam_id, gone.signal)))
    },
  }
}

function note(of: Watched, board: Board): void {
  of.look++
  of.board = board
  const present = new Set<string>()
  for (const line of board.candidates) {
    const shown = JSON.stringify(line)
    present.add(line.candidate_id)
    of.removed.delete(line.candidate_id)
    if (of.lines.get(line.candidate_id)?.shown !== shown) of.lines.set(line.candidate_id, { shown, since: of.look })
  }
  for (const id of of.lines.keys()) {
    if (present.has(id)) continue
    of.lines.delete(id)
    of.removed.set(id, of.look)
  }
}

/** The board for whoever has seen it as it was at look `seen`; 0 has seen nothing. */
function since(of: Watched, seen: number): Board {
  const board = of.board!
  if (seen === 0) return board
  return {
    ...board,
    is_whole: false,
    candidates: board.candidates.filter((line) => of.lines.get(line.candidate_id)!.since > seen),
    removed_ids: [...of.removed].filter(([, look]) => look > seen).map(([id]) => id),
  }
}
