/** What a queue says: `return_code` and `content`, or `success` in the other shape that watchers know. */
export interface Envelope {
  isOk: boolean
  content: string
}

/** Reads an envelope as a watcher does (xqueue.md 1.1): any other value of `success`, and anything that is no JSON object, is a failure. */
export function readEnvelope(text: string): Envelope {
  try {
    const value = JSON.parse(text) as Record<string, unknown>
    const { return_code, success, content } = value
    return { isOk: return_code === undefined ? success === true : return_code === 0, content: String(content ?? '') }
  } catch {
    return { isOk: false, content: 'unexpected reply from server' }
  }
}

/** A submission in a grader's hands. */
export interface Submission {
  /** The header as it came: it goes back byte for byte. */
  header: string
  id: number
  key: string
  body: string
  files: Record<string, string>
}

/** Decodes what is encoded three times. Throws where one of the layers is not what graders were written for. */
export function readSubmission(content: string): Submission {
  const { xqueue_header: header, xqueue_body: body, xqueue_files: files } = JSON.parse(content) as Record<string, unknown>
  if (typeof header !== 'string' || typeof body !== 'string' || typeof files !== 'string') throw new Error(`not three strings: ${content}`)
  const { submission_id: id, submission_key: key } = JSON.parse(header) as { submission_id: number; submission_key: string }
  return { header, id, key, body, files: JSON.parse(files) as Record<string, string> }
}
