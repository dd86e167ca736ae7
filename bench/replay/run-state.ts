import { createHmac, randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const shape = z.object({ run: z.string(), secret: z.string(), tokens: z.record(z.string(), z.string()) })

/**
 * One run against one server. Its name is in every address, short name and idempotency key, and its secret makes the
 * passwords, so that a replay that was killed goes on where it stood and hands nothing in twice.
 */
export interface RunState {
  readonly run: string
  readonly is_resumed: boolean
  password(email: string): string
  token(email: string): string | undefined
  /** Keeps a token for the case that this process dies. */
  keep(email: string, token: string): Promise<void>
  /** Forgets the run: the next replay is a new one. */
  forget(): Promise<void>
}

/** Opens the unfinished run against this server, or begins one. The file is readable by its owner only. */
export async function openRunState(folder: string, server: string): Promise<RunState> {
  const file = join(folder, `${new URL(server).host.replaceAll(/[^\w.-]/g, '-')}.json`)
  const found = await readFile(file, 'utf8').then(
    (text) => shape.parse(JSON.parse(text)),
    () => undefined,
  )
  const state = found ?? { run: randomBytes(4).toString('hex'), secret: randomBytes(32).toString('base64url'), tokens: {} }
  let saved = Promise.resolve()
  // One write after the other, and each whole: a kill in the middle leaves the file of before.
  const save = () => {
    saved = saved.then(async () => {
      await writeFile(`${file}.new`, JSON.stringify(state), { mode: 0o600 })
      await rename(`${file}.new`, file)
    })
    return saved
  }
  await mkdir(folder, { recursive: true })
  await save()
  return {
    run: state.run,
    is_resumed: found !== undefined,
    password: (email) => createHmac('sha256', state.secret).update(email).digest('base64url'),
    token: (email) => state.tokens[email],
    keep(email, token) {
      state.tokens[email] = token
      return save()
    },
    forget: () => rm(file, { force: true }),
  }
}
