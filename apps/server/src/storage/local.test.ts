import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { blobsInChild } from '../../test/blobs-child.ts'
import { temporaryFolder } from '../../test/process.ts'
import { BlobGone, StorageUnavailable } from './blobs.ts'
import { openLocalBlobs } from './local.ts'

/** What a loss of power would try, told step by step: the driver's own calls, in the order in which they finished. */
const steps = vi.hoisted((): { done: string[]; refuses: (step: string) => boolean } => ({ done: [], refuses: () => false }))
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>()
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    if (steps.refuses(name)) throw Object.assign(new Error('planted'), { code: 'EIO' })
    const made = await work()
    steps.done.push(name)
    return made
  }
  return {
    ...real,
    async open(...args: Parameters<typeof real.open>) {
      const file = await real.open(...args)
      const [sync, write, writev] = [
        file.sync.bind(file),
        file.write.bind(file) as (chunk: Uint8Array, at: number) => Promise<{ bytesWritten: number }>,
        file.writev.bind(file) as (chunks: Uint8Array[]) => Promise<{ bytesWritten: number }>,
      ]
      // A disk that takes seven bytes at a time.
      const writeSome = (chunk: Uint8Array, at: number): Promise<unknown> => step('write', () => write(chunk.subarray(at, at + 7), 0))
      const writeSomeOf = ([first]: Uint8Array[]): Promise<unknown> => step('write', () => writev([first!.subarray(0, 7)]))
      return Object.assign(file, { sync: () => step(`sync ${String(args[0])}`, sync), write: writeSome, writev: writeSomeOf })
    },
    rename: (from: string, to: string) => step(`rename ${from} ${to}`, () => real.rename(from, to)),
  }
})

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
  steps.done = []
  steps.refuses = () => false
})
afterEach(() => folder.remove())

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
const filesIn = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)))

describe('a blob in a folder', () => {
  test('is on the disk before it has its name, and its name before it is acknowledged', async () => {
    const blobs = await openLocalBlobs(folder.path)
    steps.done = []
    const { key } = await blobs.put(once('fourteen bytes'), { max_bytes: 14 })
    const [pending, shard] = [join(folder.path, 'pending', key), join(folder.path, key.slice(0, 2))]
    // The rename that failed for want of a folder is not among them: only what was done is.
    expect(steps.done).toEqual(['write', 'write', `sync ${pending}`, `sync ${folder.path}`, `rename ${pending} ${join(shard, key)}`, `sync ${shard}`])
    expect(filesIn(folder.path)).toEqual([join(key.slice(0, 2), key)])
  })

  test.each(['write', 'sync .*pending', 'rename', 'sync .*/[0-9a-f]{2}$'])(
    'is neither kept nor half kept when the step %j fails',
    async (pattern) => {
      const blobs = await openLocalBlobs(folder.path)
      steps.refuses = (step) => new RegExp(pattern).test(step)
      await expect(blobs.put(once('text'), { max_bytes: 9 })).rejects.toThrow(StorageUnavailable)
      expect(filesIn(folder.path)).toEqual([])
    },
  )

  test('is for the account of the server alone', async () => {
    const old = process.umask(0)
    try {
      const blobs = await openLocalBlobs(join(folder.path, 'made', 'here'))
      const { key } = await blobs.put(once('text'), { max_bytes: 9 })
      const modeOf = (...path: string[]): number => statSync(join(folder.path, 'made', 'here', ...path)).mode & 0o777
      expect([modeOf(), modeOf('pending'), modeOf(key.slice(0, 2))]).toEqual([0o700, 0o700, 0o700])
      expect(modeOf(key.slice(0, 2), key)).toBe(0o600)
    } finally {
      process.umask(old)
    }
  })

  test('of a killed writer is in pending and nowhere else', async () => {
    const writer = blobsInChild(
      { GRADUS_BLOBS: folder.path },
      `async function* stuck() { yield* source(3); say('half way'); await new Promise(() => { setInterval(() => {}, 1000) }) }
       await blobs.put(stuck(), { max_bytes: 1e9 })`,
    )
    await writer.said('half way')
    writer.child.kill('SIGKILL')
    await writer.ended
    expect(filesIn(folder.path)).toEqual([expect.stringMatching(/^pending\/[0-9a-f-]{36}$/)])
  })

  test('leaves other files of the folder alone', async () => {
    const blobs = await openLocalBlobs(folder.path)
    writeFileSync(join(folder.path, 'README'), 'x')
    mkdirSync(join(folder.path, 'lost+found'))
    writeFileSync(join(folder.path, 'lost+found', '#123'), 'x')
    const pages: string[][] = []
    for await (const page of blobs.list({ older_than_seconds: -5 })) pages.push(page)
    expect(pages).toEqual([])
  })

  test('cannot be kept in a folder that vanished; what was there is gone', async () => {
    const blobs = await openLocalBlobs(folder.path)
    rmSync(folder.path, { recursive: true })
    await expect(blobs.put(once('text'), { max_bytes: 9 })).rejects.toThrow(StorageUnavailable)
    await expect(blobs.read(randomUUID())).rejects.toThrow(BlobGone)
    await blobs.remove(randomUUID())
  })

  test.skipIf(process.getuid?.() === 0)('cannot be read where the rights are missing, which is not the same as gone', async () => {
    const blobs = await openLocalBlobs(folder.path)
    const { key } = await blobs.put(once('text'), { max_bytes: 9 })
    chmodSync(join(folder.path, key.slice(0, 2)), 0)
    await expect(blobs.read(key)).rejects.toThrow(StorageUnavailable)
    chmodSync(join(folder.path, key.slice(0, 2)), 0o700)
  })
})

/** A disk of 4 MB and 64 names, in namespaces of our own: no rights are needed where the system lets users have them. */
const small = { namespaces: '-Urm', before: 'mount -t tmpfs -o size=4m,nr_inodes=64 tmpfs "$GRADUS_BLOBS"' }
const has_small = spawnSync('unshare', [small.namespaces, 'sh', '-ec', small.before.replace('"$GRADUS_BLOBS"', '/mnt')]).status === 0
if (!has_small) console.error('SKIPPED: the full disk, because this system lets nobody mount a small one')

describe.skipIf(!has_small)('a full disk', () => {
  const onSmallDisk = (code: string): Promise<string> =>
    blobsInChild(
      { GRADUS_BLOBS: folder.path },
      `import { readdirSync } from 'node:fs'
       const pending = () => readdirSync(process.env.GRADUS_BLOBS + '/pending').length
       const put = (count) => blobs.put(source(count), { max_bytes: 1e9 }).then((kept) => kept.key, (error) => error.name)
       ${code}`,
      small,
    ).finished()

  test('is one error, leaves nothing, and is over when there is space again', async () => {
    const said = await onSmallDisk(`
      const first = await put(2)
      say(await put(8), pending())
      say('pending ' + pending())
      const second = await put(1)
      say(await put(2))
      await blobs.remove(first)
      say((await put(2)).length + ' letters, pending ' + pending())
      let read_bytes = 0
      for await (const chunk of (await blobs.read(second)).stream) read_bytes += chunk.length
      say(read_bytes)`)
    expect(said.trim().split('\n')).toEqual(['StorageUnavailable', 'pending 0', 'StorageUnavailable', '36 letters, pending 0', String(1024 * 1024)])
  })

  test('so is one without names left', async () => {
    const said = await onSmallDisk(`
      const keys = []
      let last
      for (;;) {
        last = await put(0)
        if (last.length !== 36) break
        keys.push(last)
      }
      say(last)
      say('pending ' + pending())
      for (const key of keys.slice(0, 3)) await blobs.remove(key)
      say((await put(0)).length)`)
    expect(said.trim().split('\n')).toEqual(['StorageUnavailable', 'pending 0', '36'])
  })
})
