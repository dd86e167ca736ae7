import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { account, type PeerOptions, type XQueuePeer, xqueuePeer } from '../../test/xqueue-peer.ts'
import { NoAnswer, TooLarge } from './exchange.ts'
import { type ClientOptions, createXQueueClient, Refused, type XQueueClient } from './xqueue-client.ts'

let peers: XQueuePeer[] = []
let clients: XQueueClient[] = []
afterEach(async () => {
  for (const client of clients) client.close()
  clients = []
  await Promise.allSettled(peers.map((peer) => peer.goAway()))
  peers = []
})

async function meet(dialect: 'legacy' | 'eds', options: PeerOptions = {}, ours: Partial<ClientOptions> = {}) {
  const peer = await xqueuePeer(dialect, options)
  peers.push(peer)
  const client = createXQueueClient({
    server: peer.url,
    queue: 'q',
    ...account,
    basic_auth: null,
    signal: new AbortController().signal,
    ...ours,
  })
  clients.push(client)
  return { peer, client }
}
const reply = '{"correct":true,"score":1,"msg":"<div/>"}'

describe.each(['legacy', 'eds'] as const)('%s', (dialect) => {
  test('takes what is there, gives the header back byte for byte, over one connection and with one login', async () => {
    const { peer, client } = await meet(dialect)
    const row = peer.add({ grader: 'x.json' }, 'print("é\u{1f600}")')
    const delivery = (await client.take())!
    expect(delivery.body).toBe(row.body)
    expect(delivery.header).toContain('"submission_id":  1')
    await client.put(delivery.header, reply)
    expect(await client.take()).toBeNull()
    expect(row.replies).toEqual([reply])
    expect([peer.count('login'), peer.connections()]).toEqual([1, 1])
    expect(peer.calls.every((call) => call.status === 200)).toBe(true)
  })

  test('logs in again when the session is gone, in the middle of a grading too', async () => {
    const { peer, client } = await meet(dialect)
    const row = peer.add({}, '')
    const delivery = (await client.take())!
    peer.forgetSessions()
    await client.put(delivery.header, reply)
    expect(row.replies).toEqual([reply])
    expect(peer.count('login')).toBe(2)
    expect(await client.take()).toBeNull()
    expect(peer.count('login')).toBe(2)
  })

  test('many calls that find the session gone share one login', async () => {
    const { peer, client } = await meet(dialect)
    for (let i = 0; i < 6; i++) peer.add({}, String(i))
    const headers: string[] = []
    for (let i = 0; i < 6; i++) headers.push((await client.take())!.header)
    peer.forgetSessions()
    await Promise.all(headers.map((header) => client.put(header, reply)))
    expect(peer.rows.map((row) => row.replies)).toEqual(peer.rows.map(() => [reply]))
    expect(peer.count('login')).toBe(2)
  })

  test('an account that may log in and do no more is refused after one more login', async () => {
    const { peer, client } = await meet(dialect, { lacks_group: true })
    await expect(client.take()).rejects.toMatchObject({ name: 'Refused', about: 'rights', message: expect.stringContaining('permission') })
    expect(peer.count('login')).toBe(2)
    expect(peer.count('get_submission')).toBe(2)
  })

  test('a wrong password is refused with the server’s words, and sent once', async () => {
    const { peer, client } = await meet(dialect, {}, { password: 'wrong' })
    await expect(client.take()).rejects.toMatchObject({
      name: 'Refused',
      about: 'login',
      message: expect.stringContaining('Incorrect login credentials'),
    })
    expect([peer.count('login'), peer.count('get_submission')]).toEqual([1, 0])
  })

  test('a result under an old key is refused, and no login is wasted on it', async () => {
    const { peer, client } = await meet(dialect)
    const row = peer.add({}, '')
    const { header } = (await client.take())!
    row.key = 'another'
    await expect(client.put(header, reply)).rejects.toMatchObject({ about: 'call', message: expect.stringContaining('Incorrect key for submission') })
    await expect(client.put('{"submission_id": 77, "submission_key": "k"}', reply)).rejects.toThrow('Submission does not exist')
    await expect(client.put('no json', reply)).rejects.toThrow('Incorrect reply format')
    expect(peer.count('login')).toBe(1)
    expect(row.replies).toEqual([])
  })

  test('reads the other envelope too', async () => {
    const { peer, client } = await meet(dialect, { envelope: 'success' })
    peer.add({}, 'x')
    const delivery = (await client.take())!
    await client.put(delivery.header, reply)
    expect(await client.take()).toBeNull()
    await expect(client.put(`${delivery.header.slice(0, -3)}x"}`, reply)).rejects.toBeInstanceOf(Refused)
  })

  test('answers of a proxy whose server is away are no answers; others are refusals', async () => {
    const { peer, client } = await meet(dialect)
    await client.take()
    for (const status of [502, 503, 504, 429]) {
      peer.force(status)
      await expect(client.take()).rejects.toBeInstanceOf(NoAnswer)
    }
    peer.force(409)
    await expect(client.put('{"submission_id": 1, "submission_key": "k"}', reply)).rejects.toMatchObject({ name: 'Refused', status: 409 })
    peer.force(500)
    await expect(client.put('{"submission_id": 1, "submission_key": "k"}', reply)).rejects.toMatchObject({ name: 'Refused', status: 500 })
    peer.force(200)
    await expect(client.take()).rejects.toThrow('without the envelope')
    await peer.goAway()
    await expect(client.take()).rejects.toBeInstanceOf(NoAnswer)
    await peer.comeBack()
    expect(await client.take()).toBeNull()
    expect(peer.count('login')).toBe(1)
  })

  test('finds the protocol below a prefix, and sends the proxy’s password with every call', async () => {
    const { peer, client } = await meet(dialect, { prefix: '/deep/er/' }, { basic_auth: 'proxy:päss' })
    expect(await client.take()).toBeNull()
    const expected = `Basic ${Buffer.from('proxy:päss').toString('base64')}`
    expect(peer.calls.map((call) => call.headers.authorization)).toEqual(peer.calls.map(() => expected))
  })

  test('fetches a file below the server with the session', async () => {
    const { peer, client } = await meet(dialect)
    const bytes = Buffer.from([0xff, 0x00, 0x0a])
    peer.files.set('/queue/hash', bytes)
    for (const address of ['queue/hash', '/queue/hash', `${peer.origin}/queue/hash`]) expect(await client.fetchFile(address, 3)).toEqual(bytes)
    expect(peer.calls.at(-1)!.headers.cookie).toContain('sessionid=')
    await expect(client.fetchFile('queue/hash', 2)).rejects.toBeInstanceOf(TooLarge)
    await expect(client.fetchFile('queue/other', 3)).rejects.toMatchObject({ name: 'Refused', status: 404 })
    // Taken apart by hand: as an address of its own it would lead to another machine, or to no machine.
    await expect(client.fetchFile('//example.org/queue/hash', 3)).rejects.toMatchObject({ status: 404 })
    await expect(client.fetchFile('file:///etc/hostname', 3)).rejects.toMatchObject({ status: 404 })
  })

  test('sends neither session nor password to another machine', async () => {
    const { client } = await meet(dialect, {}, { basic_auth: 'proxy:secret' })
    await client.take()
    const heard: IncomingHttpHeaders[] = []
    const elsewhere = createServer((request, response) => {
      heard.push(request.headers)
      response.end('print(1)')
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    try {
      const address = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/file?signature=1`
      expect((await client.fetchFile(address, 100)).toString()).toBe('print(1)')
    } finally {
      elsewhere.closeAllConnections()
      elsewhere.close()
    }
    expect(heard).toHaveLength(1)
    for (const name of ['cookie', 'authorization', 'referer', 'x-csrftoken']) expect(heard[0]).not.toHaveProperty(name)
  })
})

test('legacy says which queue it does not have; edx-submissions has every queue', async () => {
  const old = await meet('legacy', {}, { queue: 'nowhere' })
  await expect(old.client.take()).rejects.toMatchObject({ about: 'queue', message: "Queue 'nowhere' not found" })
  const newer = await meet('eds', {}, { queue: 'nowhere' })
  expect(await newer.client.take()).toBeNull()
})

test('returns the token also where the LMS calls its cookie edx-csrftoken', async () => {
  const { peer, client } = await meet('eds', { csrf_cookie: 'edx-csrftoken' })
  const row = peer.add({}, '')
  await client.put((await client.take())!.header, reply)
  expect(row.replies).toEqual([reply])
})

test('a result that meets a locked row has not arrived', async () => {
  const { peer, client } = await meet('eds')
  const row = peer.add({}, '')
  const { header } = (await client.take())!
  peer.lock(true)
  await expect(client.put(header, reply)).rejects.toBeInstanceOf(NoAnswer)
  peer.lock(false)
  await client.put(header, reply)
  expect(row.replies).toEqual([reply])
})

test('the peer does ask for the token: the same result without it is refused', async () => {
  const { peer, client } = await meet('eds')
  peer.add({}, '')
  const { header } = (await client.take())!
  const { cookie } = peer.calls.at(-1)!.headers
  const form = new URLSearchParams({ xqueue_body: reply, xqueue_header: header })
  const bare = await fetch(`${peer.url}xqueue/put_result/`, { method: 'POST', body: form, headers: { cookie: cookie! } })
  expect([bare.status, await bare.text()]).toEqual([403, expect.stringContaining('CSRF')])
})

test('a server that redirects its login page is not followed, and the way is told', async () => {
  const { peer, client } = await meet('legacy', {})
  const moved = createServer((_, response) => response.writeHead(301, { location: `${peer.url}xqueue/login/?next=secret` }).end())
  await new Promise<void>((resolve) => moved.listen(0, '127.0.0.1', resolve))
  const lost = createXQueueClient({
    server: `http://127.0.0.1:${(moved.address() as AddressInfo).port}/`,
    queue: 'q',
    ...account,
    basic_auth: null,
    signal: new AbortController().signal,
  })
  clients.push(lost)
  const refused = await lost.take().catch((error: unknown) => error as Refused)
  moved.closeAllConnections()
  moved.close()
  expect(refused).toMatchObject({ about: 'login', message: `it redirects its login page to ${peer.url}xqueue/login/` })
  expect(peer.calls).toEqual([])
  expect(await client.take()).toBeNull()
})

test('a connection that the server closed while it idled costs nothing', async () => {
  const { peer, client } = await meet('legacy')
  await client.take()
  for (let i = 0; i < 20; i++) {
    peer.closeIdle()
    expect(await client.take()).toBeNull()
  }
})

test('is broken off by its signal', async () => {
  const breaking = new AbortController()
  const { client } = await meet('legacy', {}, { signal: breaking.signal })
  await client.take()
  breaking.abort(new Error('enough'))
  await expect(client.take()).rejects.toThrow('enough')
})
