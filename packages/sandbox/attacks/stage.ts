import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A grader's machine as an attacker hopes to find it: secrets on the disk and in the environment, services that listen. */
export interface Stage {
  /** Fills the corpus's placeholders. */
  places: Readonly<Record<string, string>>
  /** What has changed outside the boxes since the stage was set, and who was spoken to. Forgets it. */
  changes(): string[]
  close(): Promise<void>
}

export const TOKEN = 'GRADER_TOKEN'

/** Open to everyone on the machine, so that only the box stands between the program and the secrets. */
export async function setStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'attack-stage-'))
  const out_dir = join(folder, 'out')
  const secret_file = join(folder, 'secret', 'expected.txt')
  const other_student_file = join(folder, 'students', 'alice.py')
  for (const name of ['out', 'secret', 'students']) mkdirSync(join(folder, name))
  writeFileSync(secret_file, 'SECRET-EXPECTED 42\n')
  writeFileSync(other_student_file, '# ALICE-CODE\n')
  writeFileSync(join(out_dir, 'results.json'), '{"score":0}')
  for (const [path, mode] of [
    [folder, 0o755],
    [out_dir, 0o777],
    [join(out_dir, 'results.json'), 0o666],
  ] as const)
    chmodSync(path, mode)
  process.env[TOKEN] = `${TOKEN}-7f3a`

  let contacts = 0
  const listen = async (where: { port: number; host: string } | { path: string }): Promise<Server> => {
    const server = createServer((socket) => {
      contacts++
      socket.destroy()
    })
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(where, resolve))
    server.unref()
    return server
  }
  const tcp = await listen({ port: 0, host: '127.0.0.1' })
  const { port } = tcp.address() as AddressInfo
  const abstract = await listen({ path: `\0sec-abstract-${port}` })

  let before = picture(folder)
  return {
    places: { stage: folder, secret_file, other_student_file, out_dir, port: String(port) },
    changes: () => {
      const after = picture(folder)
      const changed = [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name))
      before = after
      const spoken = contacts
      contacts = 0
      return [...changed.map((name) => `${name} changed`), ...(spoken > 0 ? ['a service of the machine was spoken to'] : [])]
    },
    close: async () => {
      delete process.env[TOKEN]
      await Promise.all([tcp, abstract].map((server) => new Promise((resolve) => server.close(resolve))))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Folders a program might write to, and settings of the kernel it might change. Names in shared folders that others use are told by pattern. */
function picture(stage: string): Map<string, string> {
  const seen = new Map<string, string>()
  for (const folder of ['', 'out', 'secret', 'students'].map((name) => join(stage, name))) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      seen.set(path, entry.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : `not a file, ${statSync(folder).mode}`)
    }
  }
  for (const folder of ['/', '/etc', '/usr', '/usr/bin', '/usr/lib', '/dev/shm', '/sub', '/box']) {
    for (const name of namesIn(folder)) if (folder !== '/dev/shm' || name.startsWith('big.')) seen.set(join(folder, name), 'there')
  }
  for (const setting of ['/proc/sys/kernel/core_pattern', '/proc/sys/kernel/hostname']) seen.set(setting, readFileSync(setting, 'utf8'))
  return seen
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
