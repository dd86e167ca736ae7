import { z } from 'zod'
import { oneLine } from './envelope.ts'

/** A submission as it was handed out. */
export interface Delivery {
  /** Goes back with the result byte for byte: servers compare it as text. */
  header: string
  /** Stays the same when a submission is handed out again under a new key. */
  submission_id: string
  /** As the LMS sent it; nothing between it and us has looked inside. */
  body: string
  /** A JSON object of addresses by file name. */
  files: string
}

/** What was to be graded, once the body is read. */
export interface Work {
  /** What the course author wrote for graders: a JSON text, or a value that the server has decoded already. */
  payload: unknown
  /** The learner's code; empty where files were sent. */
  student_response: string
  files: ReadonlyMap<string, string>
}

/** What was handed out is not a submission that can be read. */
export class Unreadable extends Error {
  override name = 'Unreadable'
}

const outer = z.looseObject({ xqueue_header: z.string(), xqueue_body: z.string(), xqueue_files: z.string().nullish() })
const header = z.looseObject({ submission_id: z.union([z.number(), z.string()]) })
const body = z.looseObject({ grader_payload: z.unknown().optional(), student_response: z.string().nullish() })
const files = z.record(z.string(), z.string())

/**
 * Decodes what `get_submission` gave as far as it is needed to answer; it is JSON in JSON.
 * @throws Unreadable naming the layer that is wrong
 */
export function readDelivery(content: unknown): Delivery {
  const { xqueue_header, xqueue_body, xqueue_files } = layer('content', outer, content)
  const { submission_id } = layer('xqueue_header', header, xqueue_header)
  return { header: xqueue_header, submission_id: oneLine(String(submission_id)), body: xqueue_body, files: xqueue_files ?? '' }
}

/**
 * Decodes what the LMS sent.
 * @throws Unreadable naming the layer that is wrong
 */
export function readWork(delivery: Delivery): Work {
  const { grader_payload, student_response } = layer('xqueue_body', body, delivery.body)
  const addresses = delivery.files === '' ? {} : layer('xqueue_files', files, delivery.files)
  return { payload: grader_payload, student_response: student_response ?? '', files: new Map(Object.entries(addresses)) }
}

function layer<T extends z.ZodType>(name: string, schema: T, value: unknown): z.output<T> {
  try {
    return schema.parse(typeof value === 'string' ? JSON.parse(value) : value)
  } catch (error) {
    throw new Unreadable(`the ${name} is not what an XQueue server sends`, { cause: error })
  }
}
