/** What we use of autocannon, which comes without types. */
declare module 'autocannon' {
  /** Kept per connection, for calls that follow each other. */
  export type Context = Record<string, unknown>
  export interface Request {
    method?: string
    path?: string
    headers?: Record<string, string>
    body?: string
    setupRequest?: (request: Request, context: Context) => Request
    onResponse?: (status: number, body: string, context: Context, headers: Record<string, string | string[]>) => void
  }
  export interface Options {
    url: string
    connections: number
    duration?: number
    /** Requests in all, in place of a duration. */
    amount?: number
    requests: Request[]
    /** Requests a second in all. */
    overallRate?: number
  }
  export interface Result {
    '2xx': number
    non2xx: number
    errors: number
    duration: number
    requests: { total: number }
    /** In milliseconds. */
    latency: { p50: number; p97_5: number; p99: number }
  }
  export default function autocannon(options: Options): Promise<Result>
}
