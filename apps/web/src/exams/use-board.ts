import { type Board, getBoard, watchBoard } from '@gradus/contract/exams'
import { useEffect, useState } from 'react'
import { read, useCall } from '../api/calls.ts'
import { queryClient } from '../api/client.ts'
import { withEvent } from './board-lines.ts'

/** Asked again this often beside the stream: a connection can die without a word. */
const LOOK_AGAIN_MS = 60_000
/** While there is no stream. */
const LOOK_OFTEN_MS = 5_000

/** Who has handed in, live: the stream's events are the newest answer of the plain call, which stands in where the stream breaks. */
export function useBoard(exam_id: string) {
  const params = { exam_id }
  const [is_live, setIsLive] = useState(false)
  const board = useCall(getBoard, { params }, { refetch_ms: is_live ? LOOK_AGAIN_MS : LOOK_OFTEN_MS })
  useEffect(() => {
    const key = read(getBoard, { params: { exam_id } }).queryKey
    // The browser takes a broken stream up again by itself; where the server refuses one, the plain call says why.
    const source = new EventSource(watchBoard.path.replace(':exam_id', exam_id))
    source.onmessage = ({ data }: MessageEvent<string>) => {
      const event = watchBoard.reply.safeParse(JSON.parse(data))
      if (!event.success) return
      setIsLive(true)
      queryClient.setQueryData<Board>(key, (before) => withEvent(before, event.data))
    }
    source.onerror = () => setIsLive(false)
    return () => source.close()
  }, [exam_id])
  return { board, is_live }
}
