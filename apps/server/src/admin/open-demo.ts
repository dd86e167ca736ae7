import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Db } from '../db/database.ts'
import { drawPassword } from './command-accounts.ts'
import { type DemoAccounts, seedDemo } from './seed-demo.ts'

/**
 * Puts the demo course into an empty database and returns the lines that tell how to sign in. The passwords are drawn at
 * that moment and kept beside the data, readable by its owner alone, so that every later start can tell them again.
 */
export async function openDemo(db: Db, data_dir: string): Promise<string[]> {
  const file = join(data_dir, 'demo-sign-in.json')
  const accounts: DemoAccounts = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as DemoAccounts)
    : {
        teacher: { email: 'teacher@gradus.example', password: drawPassword() },
        student: { email: 'student@gradus.example', password: drawPassword() },
      }
  const found = await seedDemo(db, accounts)
  if (found === 'not_empty') return []
  if (found === 'seeded') {
    mkdirSync(data_dir, { recursive: true, mode: 0o700 })
    writeFileSync(file, `${JSON.stringify(accounts, null, 2)}\n`, { mode: 0o600 })
  } else if (!existsSync(file)) return ['  demo       npm run admin -- set-password teacher@gradus.example draws a new password for the demo teacher']
  return [
    `  teacher    ${accounts.teacher.email}  password ${accounts.teacher.password}`,
    `  student    ${accounts.student.email}  password ${accounts.student.password}`,
  ]
}
