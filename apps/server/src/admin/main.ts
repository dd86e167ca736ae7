import { Command, CommanderError } from 'commander'
import { failureOf } from './command.ts'
import { accountCommands } from './command-accounts.ts'
import { backupCommands } from './command-backup.ts'
import { examCommands } from './command-exams.ts'
import { graderCommands } from './command-graders.ts'
import { keyCommands } from './command-keys.ts'
import { queueCommands } from './command-queues.ts'

const program = new Command('npm run admin --')
  .description(
    'Runs an installation from its own machine. Uses DATABASE_URL, else the embedded database in GRADUS_DATA (.gradus), whether Gradus runs or not.',
  )
  .exitOverride()
  .showHelpAfterError('Add --help to see what it takes.')
  .helpCommand(false)

accountCommands(program)
keyCommands(program)
queueCommands(program)
graderCommands(program)
examCommands(program)
backupCommands(program)
for (const command of program.commands) command.exitOverride()

try {
  if (process.argv.length <= 2) program.help({ error: true })
  await program.parseAsync()
} catch (error) {
  // Commander has written its own sentence; it calls wrong use 1, the house calls it 2.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else {
    const { said, code } = failureOf(error)
    process.stderr.write(`${said}\n`)
    process.exitCode = code
  }
}
