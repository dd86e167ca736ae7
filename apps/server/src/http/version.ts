import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The version of this Gradus, as the repository's package.json has it. */
export const version: string = (JSON.parse(readFileSync(join(import.meta.dirname, '../../../../package.json'), 'utf8')) as { version: string })
  .version
