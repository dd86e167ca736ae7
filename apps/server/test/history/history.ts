/** What everybody saw during a run: the only thing the auditor believes besides the database at the end. */
export interface HandIn {
  learner: string
  assignment_question_id: string
  key: string
  code: string
  /** The server said 201; several times where the client repeated itself. */
  acks: { id: string; attempt_number: number }[]
  /** Refused for good, with the code. */
  refusal: string | null
  /** The client went away without an answer: anything may have happened, but at most once. */
  is_abandoned: boolean
}

export interface Lease {
  job_id: string
  lease_token: string
  code: string
  received_at: number
}

export interface Report {
  job_id: string
  lease_token: string
  code: string
  /** Unique, travels in `runtime`, so that the stored result tells which report it came from. */
  marker: string
  sent_at: number
  /** HTTP status, or null where no answer came. */
  status: number | null
  is_replay: boolean | null
  answered_at: number | null
}

/** A learner saw this result on the page. */
export interface Sight {
  submission_id: string
  state: string
  points: number | null
  at: number
}

export interface History {
  seed: number
  hand_ins: HandIn[]
  leases: Lease[]
  reports: Report[]
  sights: Sight[]
  /** Answers that are wrong at once, whatever the database says at the end. */
  violations: string[]
}

export const newHistory = (seed: number): History => ({ seed, hand_ins: [], leases: [], reports: [], sights: [], violations: [] })

/** A small seeded generator (mulberry32), so that a run's choices can be replayed from its seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
