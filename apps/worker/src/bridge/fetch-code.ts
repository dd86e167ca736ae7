import type { Work } from './delivery.ts'
import type { XQueueClient } from './xqueue-client.ts'

/** The largest file that is taken as a program. */
export const MAX_FILE_BYTES = 1_048_576

/** The submission has no one program in it. */
export class NoProgram extends Error {
  override name = 'NoProgram'
}

/**
 * The learner's exact bytes: what was typed, or else the one file that was sent. Nothing at all is an empty program.
 * @throws NoProgram where there are several files; TooLarge, NoAnswer or Refused of `XQueueClient.fetchFile`
 */
export async function fetchCode({ student_response, files }: Work, client: XQueueClient): Promise<Uint8Array> {
  if (student_response !== '' || files.size === 0) return Buffer.from(student_response, 'utf8')
  if (files.size > 1) throw new NoProgram(`${files.size} files were sent, and a program is one`)
  const [address] = files.values()
  return await client.fetchFile(address!, MAX_FILE_BYTES)
}
