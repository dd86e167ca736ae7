import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Knows which connections carry a request. Node closes kept connections that have served one, but not those that a
 * browser opens ahead of need: they would hold up every stop.
 */
export function watchConnections(server: Server): { closeUnused(): void } {
  const requests = new Map<Socket, number>()
  server.on('connection', (socket: Socket) => {
    requests.set(socket, 0)
    socket.once('close', () => requests.delete(socket))
  })
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    requests.set(socket, (requests.get(socket) ?? 0) + 1)
    response.once('close', () => {
      const count = requests.get(socket)
      if (count !== undefined) requests.set(socket, count - 1)
    })
  })
  return {
    closeUnused() {
      for (const [socket, count] of requests) if (count === 0) socket.destroy()
    },
  }
}
