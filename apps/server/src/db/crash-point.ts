/**
 * Named places at which a test process can be made to die as by `kill -9`, one per step of what is promised: random
 * kills seldom hit the instants between two steps (reliability-security.md 1.5).
 *
 * A hand-in is one statement and therefore one transaction; inside of it there is no step at which this process could
 * die and leave a part behind.
 * - `s1_submit_checked`: read and checked, nothing sent to the database.
 * - `s2_submit_sent`: the statement is on its way; whether it commits is open.
 * - `s3_submit_committed`: durable, the answer is not yet built, no worker is woken.
 * - `s4_submit_answered`: the answer is written to the connection.
 * - `s5_submit_refused`: the statement changed nothing (key known, times, attempts), the reason is not yet looked up.
 * - `s6_submit_replayed`: the earlier hand-in of the same key was found, not yet answered.
 *
 * A grading:
 * - `w1_lease_committed`: jobs are leased, no worker knows it.
 * - `w2_result_received`: a report is read and checked, nothing is written.
 * - `w3_result_written`: job retired, results and score written, not committed.
 * - `w4_result_committed`: durable, not answered.
 * - `w5_result_answered`: the answer is written to the connection.
 *
 * The XQueue interface; each call of it is one statement:
 * - `x1_lms_committed`: an LMS's hand-in is durable, not answered.
 * - `x2_pull_committed`: a job is leased, its grader does not know it.
 * - `x3_put_committed`: a grader's answer is durable and on its way to the LMS, not answered.
 * - `x4_called_back`: the LMS has the answer, that is not yet noted.
 *
 * A candidate's file:
 * - `u1_upload_checked`: code, window and uploads left are looked at, no byte of the body is read.
 * - `u2_upload_kept`: the bytes are durable, no row knows them.
 * - `u3_upload_written`: hand-in, file, log entry and receipt of a later file are written, not committed; a first one is one statement.
 * - `u4_upload_committed`: durable, not answered.
 * - `u5_upload_answered`: the answer is written to the connection.
 */
export const crashPoints = [
  's1_submit_checked',
  's2_submit_sent',
  's3_submit_committed',
  's4_submit_answered',
  's5_submit_refused',
  's6_submit_replayed',
  'w1_lease_committed',
  'w2_result_received',
  'w3_result_written',
  'w4_result_committed',
  'w5_result_answered',
  'x1_lms_committed',
  'x2_pull_committed',
  'x3_put_committed',
  'x4_called_back',
  'u1_upload_checked',
  'u2_upload_kept',
  'u3_upload_written',
  'u4_upload_committed',
  'u5_upload_answered',
] as const
export type CrashPoint = (typeof crashPoints)[number]

let armed: CrashPoint | undefined

/** Arms one place in this process. Only a test's configuration does it; without it every place is one comparison. */
export function armCrashPoint(name: CrashPoint | undefined): void {
  armed = name
}

/** Ends this process at once, as `kill -9` does, where `name` is armed. */
export function crashPoint(name: CrashPoint): void {
  if (armed === name) process.kill(process.pid, 'SIGKILL')
}

/** The same while `work` is under way: the process dies some turns of its loop later, with the request on the wire. */
export function crashDuring<T>(name: CrashPoint, work: Promise<T>): Promise<T> {
  if (armed === name) setTimeout(() => crashPoint(name), 1)
  return work
}
