import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Db } from '../db/database.ts'
import { drawPassword } from './draw-password.ts'
import { type DemoAccounts, seedDemo } from './seed-demo.ts'

export interface Demo {
  outcome: Awaited<ReturnType<typeof seedDemo>>
  /** Null where no demo is here, or another machine's folder knows its passwords. */
  accounts: DemoAccounts | null
}

/**
 * Puts the demo course into an empty database and tells how to sign in. The passwords are drawn at that moment and kept
 * beside the data, readable by its owner alone, so that every later start can tell them again.
 */
export async function openDemo(db: Db, data_dir: string): Promise<Demo> {
  const file = join(data_dir, 'demo-sign-in.json')
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DemoAccounts) : null
  const accounts = known ?? {
    teacher: { email: 'teacher@gradus.example', password: drawPassword() },
    student: { email: 'student@gradus.example', password: drawPassword() },
  }
  const outcome = await seedDemo(db, accounts)
  if (outcome === 'seeded') {
    mkdirSync(data_dir, { recursive: true, mode: 0o700 })
    writeFileSync(file, `${JSON.stringify(accounts, null, 2)}\n`, { mode: 0o600 })
    return { outcome, accounts }
  }
  return { outcome, accounts: outcome === 'present' ? known : null }
}

/** The demo's sign-ins as people read them; no line where there is no demo. */
export function demoLines({ outcome, accounts }: Demo): string[] {
  if (outcome === 'not_empty') return []
  if (accounts === null) return ['  demo       npm run admin -- set-password teacher@gradus.example draws a new password for the demo teacher']
  const { teacher, student } = accounts
  return [`  teacher    ${teacher.email}  password ${teacher.password}`, `  student    ${student.email}  password ${student.password}`]
}
