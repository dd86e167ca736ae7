import pg from 'pg'

/** PostgreSQL's NOTIFY as callbacks. Delivery is best effort: whoever listens must be able to look the truth up. */
export interface Listener {
  /** Calls `receive` with each payload on `channel` until the returned function is called. */
  on(channel: string, receive: (payload: string) => void): () => void
  close(): Promise<void>
}

/**
 * Holds one connection for LISTEN, reconnecting with backoff. After a reconnect every subscriber is called with the
 * empty payload, which means "look for yourself": something may have been missed.
 */
export function openListener(database_url: string): Listener {
  const subscribers = new Map<string, Set<(payload: string) => void>>()
  let client: pg.Client | null = null
  let isClosed = false
  let retryTimer: NodeJS.Timeout | undefined
  let delay_ms = 100

  const connect = async (): Promise<void> => {
    const next = new pg.Client({ connectionString: database_url, application_name: 'gradus listen', keepAlive: true })
    next.on('error', () => {})
    next.on('end', () => {
      if (client === next) client = null
      if (!isClosed) retryTimer = setTimeout(start, delay_ms)
      delay_ms = Math.min(delay_ms * 2, 5_000)
    })
    next.on('notification', (message) => {
      for (const receive of subscribers.get(message.channel) ?? []) receive(message.payload ?? '')
    })
    await next.connect()
    if (isClosed) return void next.end()
    client = next
    delay_ms = 100
    for (const channel of subscribers.keys()) await next.query(`listen ${pg.escapeIdentifier(channel)}`)
    for (const all of subscribers.values()) for (const receive of all) receive('')
  }
  const start = (): void => {
    connect().catch(() => {
      if (!isClosed) retryTimer = setTimeout(start, delay_ms)
      delay_ms = Math.min(delay_ms * 2, 5_000)
    })
  }
  start()

  return {
    on(channel, receive) {
      let all = subscribers.get(channel)
      if (all === undefined) {
        all = new Set()
        subscribers.set(channel, all)
        client?.query(`listen ${pg.escapeIdentifier(channel)}`).catch(() => {})
      }
      all.add(receive)
      return () => void all.delete(receive)
    },
    async close() {
      isClosed = true
      clearTimeout(retryTimer)
      await client?.end().catch(() => {})
    },
  }
}
