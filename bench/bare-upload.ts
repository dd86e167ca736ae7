import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** `node bench/bare-upload.ts FOLDER`: what uploads are measured against: streams bodies to disk with SHA-256, and nothing else. */
const [folder] = process.argv.slice(2) as [string]
const server = createServer((request, reply) => {
  const hash = createHash('sha256')
  const counted = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      hash.update(chunk)
      yield chunk
    }
  }
  pipeline(request, counted, createWriteStream(join(folder, randomUUID()))).then(
    () => reply.writeHead(201).end(hash.digest('hex')),
    () => reply.destroy(),
  )
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as { port: number }).port}\n`))
