import { text } from 'node:stream/consumers'
import { password as passwordShape } from '@gradus/contract/identity'
import { problems, sentence } from '@gradus/contract/problems'
import type { Command } from 'commander'
import { ConfigError } from '../config.ts'
import type { Db } from '../db/database.ts'
import { Problem } from '../http/problems.ts'
import { type Installation, withInstallation } from './open-for-command.ts'

/** What a verb found or did: `json` for machines, `text` for people. */
export interface Outcome {
  json: unknown
  text: string
}

/** Wrong use of a command: exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** Adds a verb that works on the database. Every verb has --json; what it prints goes to stdout, everything else to stderr. `migrates: false` leaves the database as it is. */
export function verb<Options>(
  program: Command,
  name: string,
  description: string,
  work: (db: Db, options: Options, args: string[], installation: Installation) => Promise<Outcome>,
  { migrates = true }: { migrates?: boolean } = {},
): Command {
  return program
    .command(name)
    .description(description)
    .option('--json', 'print the outcome as JSON')
    .action(async (...given: unknown[]) => {
      const command = given.at(-1) as Command
      const options = command.opts<Options & { json?: boolean }>()
      const outcome = await withInstallation(migrates, (installation) => work(installation.db, options, command.args, installation))
      process.stdout.write(`${options.json === true ? JSON.stringify(outcome.json, null, 2) : outcome.text}\n`)
    })
}

/** The sentence and the exit code for a failed command: 1 failed, 2 wrong use or configuration. */
export function failureOf(error: unknown): { said: string; code: number } {
  if (error instanceof Problem) {
    const details = Object.keys(error.details).length === 0 ? '' : ` ${JSON.stringify(error.details)}`
    return { said: `${sentence({ code: error.code, message: problems[error.code][1] })}${details}`, code: 1 }
  }
  if (error instanceof UsageError || error instanceof ConfigError) return { said: error.message, code: 2 }
  return { said: error instanceof Error ? (error.stack ?? error.message) : String(error), code: 1 }
}

/** Rows as aligned columns under their names. */
export function table(head: string[], body: (string | number | null)[][]): string {
  const lines = [head, ...body.map((row) => row.map((cell) => String(cell ?? '-')))]
  const widths = head.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)))
  return lines.map((line) => line.map((cell, i) => (i === line.length - 1 ? cell : cell.padEnd(widths[i]!))).join('  ')).join('\n')
}

/**
 * The password of a command: given, or the one line on stdin, so that it stands in no list of processes.
 * @throws UsageError where it is missing, too short or too long
 */
export async function passwordFrom({ password, passwordStdin }: { password?: string; passwordStdin?: boolean }): Promise<string | undefined> {
  if (password !== undefined && passwordStdin === true) throw new UsageError('Give --password or --password-stdin, not both.')
  const given = passwordStdin === true ? (await text(process.stdin)).replace(/\r?\n$/, '') : password
  if (given !== undefined && !passwordShape.safeParse(given).success) throw new UsageError('A password has 8 to 256 characters.')
  return given
}
