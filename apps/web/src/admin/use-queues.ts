import { listQueues, watchQueues } from '@gradus/contract/queues'
import { useEffect, useState } from 'react'
import { read, useCall } from '../api/calls.ts'
import { queryClient } from '../api/client.ts'

/** Asked again this often beside the stream: a connection can die without a word. */
const LOOK_AGAIN_MS = 20_000
/** While there is no stream. */
const LOOK_OFTEN_MS = 3_000

/** Every queue as it stands, live: the stream's events are the newest answer of the plain call, which stands in where the stream breaks. */
export function useQueues() {
  const [is_live, setIsLive] = useState(false)
  const queues = useCall(listQueues, {}, { refetch_ms: is_live ? LOOK_AGAIN_MS : LOOK_OFTEN_MS })
  useEffect(() => {
    // The browser takes a broken stream up again by itself; where the server refuses one, the plain call says why.
    const source = new EventSource(watchQueues.path)
    source.onmessage = ({ data }: MessageEvent<string>) => {
      const state = watchQueues.reply.safeParse(JSON.parse(data))
      if (!state.success) return
      setIsLive(true)
      queryClient.setQueryData(read(listQueues, {}).queryKey, state.data)
    }
    source.onerror = () => setIsLive(false)
    return () => source.close()
  }, [])
  return { queues, is_live }
}
