import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Denied } from './denied.ts'
import { findCgroupHome } from './find-cgroup.ts'
import { thisMachine } from './host.ts'
import { openBubblewrap } from './open.ts'
import { assembleFilter } from './seccomp.ts'

const folder = mkdtempSync(join(tmpdir(), 'gradus-host-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Opens the sandbox in a process of its own and tells what came of it. */
const probe = join(folder, 'probe.ts')
writeFileSync(
  probe,
  `import { openBubblewrap } from ${JSON.stringify(new URL('open.ts', import.meta.url).pathname)}
const opened = await openBubblewrap(JSON.parse(process.argv[2] ?? '{}'))
if (opened.ok) {
  const { stdout } = await opened.sandbox.runCommand(['/bin/sh', '-c', 'cat /proc/self/fd/[3-9] /proc/self/fd/[1-9][0-9]* 2>&1'], { stdin: new Uint8Array(), limits: { time_ms: 5000, memory_mb: 64, output_kb: 64 } })
  console.log(JSON.stringify({ ok: true, read: Buffer.from(stdout).toString() }))
  await opened.sandbox.close()
} else console.log(JSON.stringify(opened))
`,
)

interface Told {
  ok: boolean
  reasons: string[]
  mend: string[]
  read: string
}
const toldBy = (command: string, args: string[], stdio: (number | 'pipe' | 'ignore')[] = ['ignore', 'pipe', 'pipe']): Told => {
  const { stdout, stderr } = spawnSync(command, args, { stdio, encoding: 'utf8' })
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Told
  } catch {
    throw new Error(`The probe said ${JSON.stringify(stdout + stderr)}`)
  }
}

const here = await openBubblewrap()
if (here.ok) await here.sandbox.close()
const why_not = here.ok ? '' : ` (skipped: ${here.reasons.join('; ')})`

test('without bubblewrap it says so, and what to install', async () => {
  expect(await openBubblewrap({ search_path: folder })).toMatchObject({
    ok: false,
    reasons: expect.arrayContaining(['bubblewrap is not installed']),
    mend: expect.arrayContaining([expect.stringContaining('apt-get install bubblewrap')]),
  })
})

test('without cgroups it says so, and how to get them', async () => {
  expect(await openBubblewrap({ standing: { mountinfo: '', membership: '' } })).toMatchObject({
    ok: false,
    reasons: expect.arrayContaining([expect.stringContaining('no cgroup file system is mounted')]),
    mend: expect.arrayContaining([expect.stringContaining('mount -t cgroup2')]),
  })
})

describe('a host whose cgroups cannot be used', () => {
  test('a group that is not handed the controllers is not enough', async () => {
    const mountinfo = `30 20 0:26 / ${folder} rw - cgroup2 cgroup2 rw`
    writeFileSync(join(folder, 'cgroup.controllers'), 'cpuset hugetlb')
    const found = await findCgroupHome({ mountinfo, membership: '0::/' })
    expect(found).toMatchObject({
      ok: false,
      reason: expect.stringContaining('no memory, pids, cpu controller'),
      mend: expect.stringContaining('Delegate=yes'),
    })
  })

  test('hierarchies that cannot be written are named', async () => {
    const mountinfo = ['memory', 'pids', 'cpu'].map((name, id) => `${id} 1 0:2${id} / /nowhere/${name} rw - cgroup cgroup rw,${name}`).join('\n')
    const found = await findCgroupHome({ mountinfo, membership: '4:memory:/\n3:pids:/\n2:cpu:/' })
    expect(found).toMatchObject({ ok: false, reason: expect.stringContaining('memory, pids, cpu'), mend: expect.stringContaining('root') })
  })
})

describe.skipIf(!here.ok)(`on a host that lacks something${why_not}`, () => {
  const node = process.execPath
  const why = 'a test'
  /** A host whose kernel refuses some calls. */
  const withFilter = (program: Uint8Array): Told => {
    writeFileSync(join(folder, 'filter'), program)
    const filter = openSync(join(folder, 'filter'), 'r')
    try {
      return toldBy('bwrap', ['--dev-bind', '/', '/', '--seccomp', '3', node, probe], ['ignore', 'pipe', 'pipe', filter])
    } finally {
      closeSync(filter)
    }
  }

  test('where user namespaces are off, it is refused with the reason', () => {
    const machine = thisMachine()
    if (typeof machine !== 'string') throw new Error(machine.reason)
    const no_namespaces: Denied[] = [
      { name: 'clone', nr: [56, 220], errno: 'EPERM', why, when: { argument: 0, has_any_bit: 0x1000_0000 } },
      { name: 'clone3', nr: [435, 435], errno: 'ENOSYS', why },
      { name: 'unshare', nr: [272, 97], errno: 'EPERM', why },
    ]
    const told = withFilter(assembleFilter(machine, no_namespaces))
    expect(told.ok).toBe(false)
    expect(told.reasons.join()).toMatch(/namespace/i)
    expect(told.mend.join()).toMatch(/user namespaces/)
  })

  test('where root has no other account, it is refused with the reason', () => {
    const told = toldBy('bwrap', ['--dev-bind', '/', '/', '--unshare-user', '--uid', '0', node, probe])
    expect(told.ok).toBe(false)
    expect(told.reasons.join()).toMatch(/as somebody else/)
  })

  test('where no filter can be loaded, it is refused with the reason', () => {
    const machine = thisMachine()
    if (typeof machine !== 'string') throw new Error(machine.reason)
    const no_filters: Denied[] = [
      { name: 'seccomp', nr: [317, 277], errno: 'EPERM', why },
      { name: 'prctl', nr: [157, 167], errno: 'EPERM', why, when: { argument: 0, is_one_of: [22] } },
    ]
    const told = withFilter(assembleFilter(machine, no_filters))
    expect(told.ok).toBe(false)
    expect(told.reasons.join()).toMatch(/seccomp/i)
    expect(told.mend.join()).toMatch(/SECCOMP/)
  })

  test('a file that a parent left open cannot be read in a box', () => {
    writeFileSync(join(folder, 'secret'), 'LEFT-OPEN\n')
    const secret = openSync(join(folder, 'secret'), 'r')
    const told = toldBy(
      node,
      [probe],
      ['ignore', 'pipe', 'pipe', secret, 'ignore', 'ignore', 'ignore', secret, 'ignore', 'ignore', secret, 'ignore', 'ignore', secret],
    )
    closeSync(secret)
    expect(told).toMatchObject({ ok: true, read: expect.not.stringContaining('LEFT-OPEN') })
  })

  test('where the cgroup file system is read-only, as in a container, it is refused with the reason', () => {
    const told = toldBy('bwrap', ['--dev-bind', '/', '/', '--ro-bind', '/sys/fs/cgroup', '/sys/fs/cgroup', node, probe])
    expect(told.ok).toBe(false)
    expect(told.reasons.join()).toMatch(/cgroup v[12]: /)
  })
})
