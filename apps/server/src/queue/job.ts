/** What a job is about: a learner's hand-in, a trial run, or a hand-in of a learning management system. */
export type JobKind = 'submission' | 'run' | 'lms'

/** Whose lease: what every write of a worker repeats in its WHERE (reliability rule 3). */
export interface LeaseKey {
  job_id: string
  lease_generation: number
  lease_hash: Buffer
}

/** What a job is about, for those who know. */
export interface JobSubject {
  job_id: string
  kind: JobKind
  subject_id: string
  generation: number
  share_id: string
  principal_id: string
  /** Graded outside, through the XQueue interface. */
  is_external: boolean
}

/** A job whose try failed: `failed` where it was the last one. */
export type PutBack = JobSubject & { status: 'retry' | 'failed'; failure: string; tries: number }
