import dns from 'node:dns'
import { createServer, request } from 'node:http'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { hasS3Server, type S3Server, startS3Server } from '../../test/s3-server.ts'
import type { S3Config } from '../config.ts'
import { BlobGone, type Blobs, StorageUnavailable } from './blobs.ts'
import { openS3Blobs } from './s3.ts'

const MIB = 1024 * 1024

async function* mebibytes(count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) yield Buffer.alloc(MIB, i)
}
const keysIn = async (blobs: Blobs): Promise<string[]> =>
  ((await Readable.from(blobs.list({ older_than_seconds: -5 })).toArray()) as string[][]).flat()

describe.skipIf(!hasS3Server())('a bucket', () => {
  let server: S3Server
  beforeAll(async () => {
    server = await startS3Server()
  })
  afterAll(() => server.stop())

  const opened: Blobs[] = []
  const open = (config: S3Config): Blobs => {
    const blobs = openS3Blobs(config)
    opened.push(blobs)
    return blobs
  }
  afterAll(async () => {
    for (const blobs of opened) await blobs.close()
  })

  const options = { filename: 'Übung "1".html', content_type: 'text/html', seconds: 60 }

  describe('gives an address', () => {
    let blobs: Blobs
    let key: string
    beforeAll(async () => {
      blobs = open(server.config)
      key = (await blobs.put(mebibytes(1), { max_bytes: MIB })).key
    })

    test('that downloads it under its name, as an attachment of no active type', async () => {
      const reply = await fetch((await blobs.presign(key, options))!)
      expect(reply.status).toBe(200)
      expect((await reply.arrayBuffer()).byteLength).toBe(MIB)
      expect(reply.headers.get('content-disposition')).toBe(`attachment; filename="_bung _1_.html"; filename*=UTF-8''%C3%9Cbung%20_1_.html`)
      expect(reply.headers.get('content-type')).toBe('application/octet-stream')
      expect(reply.headers.get('cache-control')).toBe('no-store')
    })

    test('that is good for its seconds', async () => {
      const address = (await blobs.presign(key, { ...options, seconds: 2 }))!
      expect((await fetch(address)).status).toBe(200)
      await sleep(3_100)
      expect((await fetch(address)).status).toBe(403)
    })

    test('of which nothing may be changed, nor may it write', async () => {
      const address = (await blobs.presign(key, options))!
      const other = await blobs.put(mebibytes(1), { max_bytes: MIB })
      const changes: [string, string | RegExp, string][] = [
        ['another blob', key, other.key],
        ['more time', 'Expires=60', 'Expires=6000'],
        ['a page instead of an attachment', 'response-content-disposition=attachment', 'response-content-disposition=inline'],
        ['an active type', 'application%2Foctet-stream', 'text%2Fhtml'],
        ['no signature', /X-Amz-Signature=[0-9a-f]+/, 'X-Amz-Signature='],
      ]
      for (const [what, from, to] of changes) {
        const changed = address.replace(from, to)
        expect(changed, what).not.toBe(address)
        expect((await fetch(changed)).status, what).toBe(403)
      }
      for (const method of ['PUT', 'DELETE']) expect((await fetch(address, { method })).status).toBe(403)
      expect((await fetch(address)).status).toBe(200)
    })
  })

  test('refuses a wrong secret: this store checks signatures', async () => {
    const right = open(server.config)
    const { key } = await right.put(mebibytes(1), { max_bytes: MIB })
    const wrong = open({ ...server.config, secret_access_key: 'x'.repeat(32) })
    const refusal = { cause: { name: 'SignatureDoesNotMatch' } }
    await expect(wrong.put(mebibytes(1), { max_bytes: MIB })).rejects.toMatchObject(refusal)
    await expect(wrong.put(mebibytes(20), { max_bytes: 20 * MIB })).rejects.toMatchObject(refusal)
    await expect(wrong.read(key)).rejects.toMatchObject(refusal)
    await expect(wrong.remove(key)).rejects.toMatchObject(refusal)
    await expect(keysIn(wrong)).rejects.toMatchObject(refusal)
    expect((await fetch((await wrong.presign(key, options))!)).status).toBe(403)
    expect((await buffer((await right.read(key)).stream)).length).toBe(MIB)
  })

  // As Amazon serves buckets: the name of each is a host of its own, which the signature covers. This server knows its own as *.s3.test.
  test('whose name stands in the host of addresses', async () => {
    const { port } = new URL(server.config.endpoint!)
    const asked = new Set<string>()
    const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((host: string, options: { all?: boolean }, done: (...found: unknown[]) => void) => {
      asked.add(host)
      options.all === true ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)
    }) as never)
    try {
      const config = { ...server.config, endpoint: `http://s3.test:${port}`, is_path_style: false }
      const blobs = open(config)
      for (const count of [1, 20]) {
        const { key } = await blobs.put(mebibytes(count), { max_bytes: 20 * MIB })
        expect((await buffer((await blobs.read(key, { start: 5, end: 9 })).stream)).length).toBe(5)
        // The same object as by the path: nothing but the address differs.
        expect((await buffer((await open(server.config).read(key)).stream)).length).toBe(count * MIB)
        const address = new URL((await blobs.presign(key, options))!)
        expect([address.host, address.pathname]).toEqual([`${config.bucket}.s3.test:${port}`, `/gradus/${key}`])
        const { status } = await ask(address)
        expect(status).toBe(200)
        address.searchParams.set('X-Amz-Expires', '6000')
        expect((await ask(address)).status).toBe(403)
        expect(await keysIn(blobs)).toContain(key)
        await blobs.remove(key)
        await expect(blobs.read(key)).rejects.toThrow(BlobGone)
      }
      expect([...asked]).toEqual([`${config.bucket}.s3.test`])
    } finally {
      lookup.mockRestore()
    }
  })

  test('that is out of reach is one error', async () => {
    const lost = open({ ...server.config, endpoint: 'http://127.0.0.1:1' })
    const key = '00000000-0000-4000-8000-000000000000'
    await expect(lost.put(mebibytes(1), { max_bytes: MIB })).rejects.toThrow(StorageUnavailable)
    await expect(lost.put(mebibytes(20), { max_bytes: 20 * MIB })).rejects.toThrow(StorageUnavailable)
    await expect(lost.read(key)).rejects.toThrow(StorageUnavailable)
    await expect(lost.remove(key)).rejects.toThrow(StorageUnavailable)
    await expect(keysIn(lost)).rejects.toThrow(StorageUnavailable)
  })

  describe('behind a bad line', () => {
    type Fault = 'answer' | 'hang up after' | '500 after' | 'hang up before' | 'forget'
    /** Passes requests on as they are, and does what `fault` says with those it is asked about. */
    async function throughLine(fault: (method: string, path: string) => Fault): Promise<{ blobs: Blobs; good: Blobs; close(): void }> {
      const config = await server.bucket()
      const { hostname, port } = new URL(config.endpoint!)
      const line = createServer((incoming, outgoing) => {
        const what = fault(incoming.method!, incoming.url!)
        if (what === 'hang up before') return void outgoing.destroy()
        if (what === 'forget') return void outgoing.writeHead(404).end('<Error><Code>NoSuchUpload</Code><Message>planted</Message></Error>')
        const onward = request({ hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers }, async (reply) => {
          if (what === 'answer') return void reply.pipe(outgoing.writeHead(reply.statusCode!, reply.headers))
          await buffer(reply)
          if (what === 'hang up after') outgoing.destroy()
          else outgoing.writeHead(500).end()
        })
        onward.on('error', () => outgoing.destroy())
        incoming.pipe(onward)
      })
      await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve))
      const blobs = open({ ...config, endpoint: `http://127.0.0.1:${(line.address() as { port: number }).port}` })
      return { blobs, good: open(config), close: () => line.close() }
    }
    /** The fault for the first request that fits, then no more. */
    const first = (fault: Fault, fits: (method: string, path: string) => boolean) => {
      let is_due = true
      return (method: string, path: string): Fault => {
        if (!is_due || !fits(method, path)) return 'answer'
        is_due = false
        return fault
      }
    }
    const isPut = (method: string): boolean => method === 'PUT'
    const isCompletion = (method: string, path: string): boolean => method === 'POST' && path.includes('uploadId=')

    test.each(['hang up after', '500 after', 'hang up before'] as const)('%s one write: asked again, kept once', async (fault) => {
      for (const [fits, count] of [[isPut, 1] as const, [isPut, 20] as const, [isCompletion, 20] as const]) {
        const { blobs, good, close } = await throughLine(first(fault, fits))
        const { key, size_bytes } = await blobs.put(mebibytes(count), { max_bytes: 20 * MIB })
        expect(size_bytes).toBe(count * MIB)
        expect((await buffer((await good.read(key)).stream)).equals(await buffer(mebibytes(count)))).toBe(true)
        expect(await keysIn(good)).toEqual([key])
        close()
      }
    })

    test('a completion whose answer was lost, on a store that has forgotten the upload since, as Amazon does', async () => {
      const faults: Fault[] = ['hang up after', 'forget']
      const { blobs, good, close } = await throughLine((method, path) => (isCompletion(method, path) ? (faults.shift() ?? 'answer') : 'answer'))
      const { key } = await blobs.put(mebibytes(20), { max_bytes: 20 * MIB })
      expect(await keysIn(good)).toEqual([key])
      close()
    })

    test('a completion of an upload that is really gone is a failure', async () => {
      const { blobs, good, close } = await throughLine((method, path) => (isCompletion(method, path) ? 'forget' : 'answer'))
      await expect(blobs.put(mebibytes(20), { max_bytes: 20 * MIB })).rejects.toThrow(StorageUnavailable)
      await expect.poll(() => keysIn(good), { timeout: 10_000 }).toEqual([])
      close()
    })

    test('500 after every write: nothing acknowledged, nothing left once the store can be asked', async () => {
      const { blobs, good, close } = await throughLine((method) => (method === 'PUT' ? '500 after' : 'answer'))
      await expect(blobs.put(mebibytes(1), { max_bytes: MIB })).rejects.toThrow(StorageUnavailable)
      await expect(blobs.put(mebibytes(20), { max_bytes: 20 * MIB })).rejects.toThrow(StorageUnavailable)
      await expect.poll(() => keysIn(good), { timeout: 10_000 }).toEqual([])
      close()
    })

    test('that dies in the middle of a download: the reader is told', async () => {
      const line = await cutAfter(server.config.endpoint!, 3 * MIB)
      const { key } = await open(server.config).put(mebibytes(20), { max_bytes: 20 * MIB })
      const { stream } = await open({ ...server.config, endpoint: line.endpoint }).read(key)
      await expect(buffer(stream)).rejects.toThrow()
      line.close()
    })
  })
})

/** Asks by the system's own look-up of names, as everything of this process does. */
const ask = (address: URL): Promise<{ status: number }> =>
  new Promise((resolve, reject) => {
    request(address, (reply) => resolve({ status: reply.resume().statusCode! }))
      .on('error', reject)
      .end()
  })

/** A line to a store that goes dead after so many bytes of an answer. */
async function cutAfter(endpoint: string, bytes: number): Promise<{ endpoint: string; close(): void }> {
  const { hostname, port } = new URL(endpoint)
  const line = createServer((incoming, outgoing) => {
    request({ hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers }, async (reply) => {
      outgoing.writeHead(reply.statusCode!, reply.headers)
      let sent = 0
      for await (const chunk of reply as AsyncIterable<Buffer>) {
        outgoing.write(chunk)
        sent += chunk.length
        if (sent > bytes) return void outgoing.destroy()
      }
      outgoing.end()
    }).end()
  })
  await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve))
  return { endpoint: `http://127.0.0.1:${(line.address() as { port: number }).port}`, close: () => line.close() }
}
