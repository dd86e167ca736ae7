import { readFile, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, sep } from 'node:path'
import { type QuestionSpec, questionSpec } from '@gradus/contract/questions'
import { type Language, language } from '@gradus/contract/words'
import { z } from 'zod'

/** What a submission is graded by: always of a kind that a sandbox can grade. */
export interface Exercise {
  language: Language
  spec: Exclude<QuestionSpec, { kind: 'external' | 'file' }>
}

/** What the course author wrote cannot be graded, by anyone and at any time, until the author changes it. */
export class BadPayload extends Error {
  override name = 'BadPayload'
}

/** As large as the contract lets a question be that is saved. */
const MOST_BYTES = 8_388_608

const whole = z.strictObject({ language, spec: questionSpec })
const inline = z.looseObject({ gradus: whole })
const by_name = z.looseObject({ grader: z.string(), language: language.optional() })

/**
 * Reads a `grader_payload`: a question in itself, under `gradus`, or the name of a file below the questions' folder
 * under `grader`. The file is read every time, so an author can mend it while the bridge runs.
 * @param payload the text of the course, or the value it stands for
 * @param questions absolute path of the folder; null where there is none
 * @throws BadPayload with a clause for the log that says what is wrong
 */
export async function readExercise(payload: unknown, questions: string | null): Promise<Exercise> {
  const value = typeof payload === 'string' ? parsed(payload, 'the payload') : payload
  const is_object = typeof value === 'object' && value !== null
  if (is_object && 'gradus' in value) return checked(valid(inline, value, 'the payload').gradus)
  if (!(is_object && 'grader' in value)) throw new BadPayload('the payload has neither "gradus" nor "grader"')
  const named = valid(by_name, value, 'the payload')
  const text = await questionFile(named.grader, questions)
  const stored = valid(whole, parsed(text, `the file ${shown(named.grader)}`), `the file ${shown(named.grader)}`)
  return checked({ ...stored, language: named.language ?? stored.language })
}

function checked({ language, spec }: z.output<typeof whole>): Exercise {
  if (spec.kind === 'external') throw new BadPayload('a question of kind external names another queue and is not graded here')
  if (spec.kind === 'file') throw new BadPayload('a question of kind file is graded by people')
  if (spec.languages[language] === undefined) throw new BadPayload(`the question is not asked in ${language}`)
  return { language, spec }
}

/** The text of a file that lies below the folder, wherever links lead. */
async function questionFile(name: string, questions: string | null): Promise<string> {
  if (questions === null) throw new BadPayload(`the payload names the file ${shown(name)}, but the bridge was started without --questions`)
  const steps = name.split(/[/\\]/)
  if (name === '' || name.includes('\0') || isAbsolute(name) || /^([A-Za-z]:|[/\\])/.test(name) || steps.includes('..'))
    throw new BadPayload(`${shown(name)} is not the name of a file below the questions folder`)
  const home = await realpath(questions)
  const path = await realpath(join(home, name)).catch(() => null)
  if (path === null) throw new BadPayload(`there is no file ${shown(name)} in the questions folder`)
  if (!path.startsWith(home.endsWith(sep) ? home : home + sep)) throw new BadPayload(`the file ${shown(name)} leads out of the questions folder`)
  const { size, isFile } = await stat(path).then((found) => ({ size: found.size, isFile: found.isFile() }))
  if (!isFile) throw new BadPayload(`${shown(name)} is not a file`)
  if (size > MOST_BYTES) throw new BadPayload(`the file ${shown(name)} has more than ${MOST_BYTES} bytes`)
  return await readFile(path, 'utf8')
}

const shown = (name: string): string => JSON.stringify(name.slice(0, 200))

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new BadPayload(`${what} is not JSON`)
  }
}

function valid<T extends z.ZodType>(schema: T, value: unknown, what: string): z.output<T> {
  const { success, data, error } = schema.safeParse(value)
  if (success) return data
  const issue = error.issues[0]!
  throw new BadPayload(`${what} is not a question at ${issue.path.join('.') || 'its top'}: ${issue.message}`)
}
