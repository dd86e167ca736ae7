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
    let isLost = false
    // A connection that fails rejects and ends as well; it is lost once, or retries would double each round.
    const lose = (): void => {
      if (isLost) return
      isLost = true
      if (client === next) client = null
      next.end().catch(() => {})
      if (isClosed) return
      retryTimer = setTimeout(() => void connect(), delay_ms)
      delay_ms = Math.min(delay_ms * 2, 5_000)
    }
    next.on('error', () => {})
    next.on('end', lose)
    next.on('notification', (message) => {
      for (const receive of subscribers.get(message.channel) ?? []) receive(message.payload ?? '')
    })
    try {
      await next.connect()
      if (isClosed) return void (await next.end())
      client = next
      for (const channel of subscribers.keys()) await next.query(`listen ${pg.escapeIdentifier(channel)}`)
      delay_ms = 100
      for (const all of subscribers.values()) for (const receive of all) receive('')
    } catch {
      lose()
    }
  }
  void connect()

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
