/** What an LMS says about a hand-in of its own; every part of it is its own word. */
export interface LmsHeader {
  callback_url: string
  queue: string
}

/** Old queues took 1,024 characters. */
const MAX_HEADER = 65_536

/**
 * Reads the header of a hand-in: a JSON object with `lms_callback_url`, `lms_key` and `queue_name`. Null where it is anything else
 * (conformance table, row 10).
 */
export function readLmsHeader(text: string): LmsHeader | null {
  if (text.length > MAX_HEADER) return null
  const header = objectIn(text)
  if (header === null || !('lms_key' in header)) return null
  const { lms_callback_url: callback_url, queue_name: queue } = header
  if (typeof callback_url !== 'string' || callback_url === '' || callback_url.length > 4_096 || callback_url.includes('\0')) return null
  return typeof queue === 'string' && queue !== '' && !queue.includes('\0') ? { callback_url, queue: queue.slice(0, 200) } : null
}

/** By what staff search for a hand-in of an LMS. Empty where it does not tell. */
export interface LmsRefs {
  student_ref: string
  course_ref: string
  item_ref: string
  grader_ref: string
}

/**
 * Reads out of header and body who handed in what, for people who search; nothing is decided by it. Open edX calls back at
 * `…/courses/<course>/xqueue/<user>/<item>/<dispatch>` and puts pseudonym and grader into the body (xqueue.md 1.3, 1.6).
 */
export function refsOf(callback_url: string, body: string): LmsRefs {
  const place = placeOf(callback_url)
  const said = objectIn(body)
  const student = objectIn(said?.student_info)
  const payload = objectIn(said?.grader_payload)
  return {
    student_ref: short(student?.anonymous_student_id) || short(decoded(place?.user)),
    course_ref: short(decoded(place?.course)),
    item_ref: short(decoded(place?.item)),
    grader_ref: short(payload?.grader),
  }
}

/** The parts of `…/courses/<course>/xqueue/<user>/<item>/<dispatch>`. By hand: an address comes from a stranger and may be made to be slow. */
function placeOf(url: string): { course: string; user: string; item: string } | null {
  const end = url.search(/[?#]/)
  const path = (end < 0 ? url : url.slice(0, end)).replace(/\/$/, '')
  const courses = path.indexOf('/courses/')
  const xqueue = courses < 0 ? -1 : path.indexOf('/xqueue/', courses)
  if (xqueue < 0) return null
  const rest = path.slice(xqueue + '/xqueue/'.length)
  const [first, last] = [rest.indexOf('/'), rest.lastIndexOf('/')]
  if (first <= 0 || last <= first) return null
  return { course: path.slice(courses + '/courses/'.length, xqueue), user: rest.slice(0, first), item: rest.slice(first + 1, last) }
}

function objectIn(text: unknown): Record<string, unknown> | null {
  if (typeof text !== 'string') return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

const short = (value: unknown): string => (typeof value === 'string' ? value.replaceAll('\0', '').slice(0, 300) : '')

function decoded(part: string | undefined): string | undefined {
  try {
    return part === undefined ? undefined : decodeURIComponent(part)
  } catch {
    return part
  }
}
