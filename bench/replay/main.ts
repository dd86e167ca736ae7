import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createClient } from '@gradus/client/client'
import { ApiProblem } from '@gradus/client/problem'
import { sentence } from '@gradus/contract/problems'
import { collect, STALL_MS, waitForVerdicts } from './collect.ts'
import { prepareCourse } from './course.ts'
import { handInAll } from './hand-in.ts'
import { readPack } from './pack.ts'
import { enrolStudents, teacherOf } from './people.ts'
import { openProgress } from './progress.ts'
import { report } from './report.ts'
import { openRunState } from './run-state.ts'

const usage = `Replays a class's real hand-ins against a running server, through its public API.

  npm run replay -- FOLDER [--server URL] [--token KEY] [--limit N] [--students N]

  FOLDER      the data, such as ../shared/data/c-pack
  --server    where the server is (GRADUS_SERVER, else http://127.0.0.1:3000)
  --token     an API key with scope admin (GRADUS_TOKEN; for a server on this machine one is made)
  --limit     hand in only the first N of the data
  --students  students who hand in at once (16)

A replay that was broken off goes on where it stood. Exit code 0: nothing lost and the figures are met; 1: not; 2: usage.`

class UsageError extends Error {}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        server: { type: 'string' },
        token: { type: 'string' },
        limit: { type: 'string' },
        students: { type: 'string' },
        help: { type: 'boolean' },
      },
    })
    if (values.help) {
      console.log(usage)
      process.exit(0)
    }
    if (positionals.length !== 1) throw new UsageError('Name one folder with the data.')
    const server = values.server ?? process.env.GRADUS_SERVER ?? 'http://127.0.0.1:3000'
    if (!URL.canParse(server)) throw new UsageError(`--server must be an address such as http://127.0.0.1:3000, not ${server}.`)
    const limit = wholeNumber('--limit', values.limit)
    return {
      folder: positionals[0]!,
      server,
      limit,
      students: wholeNumber('--students', values.students) ?? 16,
      token: values.token ?? process.env.GRADUS_TOKEN,
    }
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    process.exit(2)
  }
}

function wholeNumber(name: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  const number = Number(given)
  if (!Number.isInteger(number) || number < 1) throw new UsageError(`${name} takes a whole number from 1.`)
  return number
}

/** A key for a server on this machine, made by its own command and good for one day. */
function makeKey(server: string): string {
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(new URL(server).hostname))
    throw new Error('Give an API key with scope admin: --token KEY or GRADUS_TOKEN.')
  const repository = join(import.meta.dirname, '../..')
  const made = spawnSync('npm', ['run', '-s', 'admin', '--', 'create-key', '--name', 'replay', '--scopes', 'admin', '--days', '1'], {
    cwd: repository,
    encoding: 'utf8',
  })
  if (made.status !== 0) throw new Error(`No key could be made on this machine; give one with --token. ${made.stderr}`)
  return made.stdout.trim()
}

async function replay(): Promise<boolean> {
  const given = readArguments()
  const progress = openProgress(process.stderr)
  const pack = await readPack(given.folder)
  const submissions = pack.submissions.slice(0, given.limit)
  const server = given.server.replace(/\/+$/, '')
  const admin = createClient({ base_url: server, token: given.token ?? makeKey(server) })

  const folder = join(process.env.GRADUS_DATA ?? '.gradus', 'replay')
  let state = await openRunState(folder, server)
  let teacher = await teacherOf(server, state, admin)
  if (teacher === null) {
    // Another database is behind this address now.
    await state.forget()
    state = await openRunState(folder, server)
    teacher = await teacherOf(server, state, admin)
    if (teacher === null) throw new Error('The server gave an account a token and then refused it.')
  }
  progress.say(`run ${state.run} against ${server}${state.is_resumed ? ', going on where it was broken off' : ''}`)

  const { course_id, places } = await prepareCourse(teacher, state.run, pack.exercises, progress)
  progress.say(`questions: ${places.size} published in course c-pack-${state.run}`)
  const names = [...new Set(submissions.map((one) => one.student))]
  const students = await enrolStudents(server, state, teacher, course_id, names, (n) => progress.show(`students: ${n} of ${names.length}`))
  progress.say(`students: ${students.size} enrolled`)

  const handed = await handInAll(state.run, submissions, students, places, given.students, (n, ms) =>
    progress.show(`hand-ins: ${n} of ${submissions.length}, ${((n / ms) * 1000).toFixed(0)} a second`),
  )
  progress.say(`hand-ins: ${handed.receipts.length} acknowledged`)

  let hasWarned = false
  await waitForVerdicts(teacher, admin, course_id, ({ waiting, stalled_ms }) => {
    if (stalled_ms > STALL_MS && !hasWarned) {
      progress.say('Nothing has been graded for a minute. Does a grading machine run? (npm run worker; npm run doctor)')
      hasWarned = true
    }
    progress.show(`verdicts: ${waiting} to come`)
  })
  const collected = await collect(teacher, course_id, handed.receipts, (n) => progress.show(`reading back: ${n} of ${handed.receipts.length}`))
  const { lines, is_good } = report({ pack, submissions, handed, collected, is_whole: given.limit === undefined })
  progress.say('')
  for (const line of lines) console.log(line)
  await state.forget()
  return is_good
}

try {
  process.exitCode = (await replay()) ? 0 : 1
} catch (error) {
  const said =
    error instanceof ApiProblem
      ? `${sentence(error)} (${error.code} ${error.status} ${JSON.stringify(error.details)} ${error.request_id})`
      : String(error)
  console.error(`\n${said}\nStart the same replay again and it goes on where it stood.`)
  process.exitCode = 1
}
