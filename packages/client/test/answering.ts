import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Seen {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
}
export type Answer = (response: ServerResponse, seen: Seen) => void

export interface Answering {
  url: string
  /** Every request that arrived, in order. */
  seen: Seen[]
  close(): Promise<void>
}

/** A real server that gives these answers one after the other; the last one for every further request. */
export async function answering(...answers: Answer[]): Promise<Answering> {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const one = { method: request.method!, url: request.url!, headers: request.headers, body }
    seen.push(one)
    answers[Math.min(seen.length, answers.length) - 1]!(response, one)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

export const html =
  (status: number): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>proxy</h1>')

/** Breaks the connection off before or in the middle of the answer. */
export const drop: Answer = (response) => response.socket?.destroy()
export const breakOff: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
  response.write('{"half":')
  setTimeout(() => response.socket?.destroy(), 20)
}

/** Takes the request and says nothing. */
export const silence: Answer = () => undefined

/** An event stream of these raw pieces, 10 ms apart, then its end, or silence where `stays` is true. */
export const stream =
  (pieces: (string | Uint8Array)[], stays = false): Answer =>
  async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.flushHeaders()
    for (const piece of pieces) {
      response.write(piece)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    if (!stays) response.end()
  }
