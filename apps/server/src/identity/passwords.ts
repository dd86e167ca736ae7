import { hash, verify } from '@node-rs/argon2'

/** argon2id (the library's default variant) with OWASP's first choice: 19 MiB, 2 passes, 1 lane. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** The same characters typed on different keyboards differ in bytes; NFKC makes them one (NIST SP 800-63B 5.1.1.2). */
const bytesOf = (password: string): string => password.normalize('NFKC')

export const hashPassword = (password: string): Promise<string> => hash(bytesOf(password), cost)

let dummy: Promise<string> | undefined

/**
 * Whether the password is that of the stored hash. Without a hash it works as long and answers false, so that the time
 * does not tell whether an account exists (2.5 no. 6).
 */
export async function checkPassword(stored: string | null, password: string): Promise<boolean> {
  dummy ??= hashPassword('no account has this')
  const matches = await verify(stored ?? (await dummy), bytesOf(password))
  return stored !== null && matches
}

/** Tries at once in this process: as many as libuv computes in parallel. It bounds memory (4 x 19 MiB) and, because counts are read inside, how far parallel guesses overshoot their allowance. */
const SLOTS = 4
let free = SLOTS
const waiting: (() => void)[] = []

/** Runs `work`, which hashes passwords, in one of the process's few slots; first come, first served. */
export async function inHashingSlot<T>(work: () => Promise<T>): Promise<T> {
  if (free > 0) free--
  else await new Promise<void>((resolve) => waiting.push(resolve))
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next === undefined) free++
    else next()
  }
}
