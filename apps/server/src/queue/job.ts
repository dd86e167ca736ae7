/** Whose lease: what every write of a worker repeats in its WHERE (reliability rule 3). */
export interface LeaseKey {
  job_id: string
  lease_generation: number
  lease_hash: Buffer
}

/** What a job is about, for those who know. */
export interface JobSubject {
  job_id: string
  kind: 'submission' | 'run'
  subject_id: string
  generation: number
  share_id: string
  principal_id: string
}

/** A job whose try failed: `failed` where it was the last one. */
export type PutBack = JobSubject & { status: 'retry' | 'failed'; failure: string; tries: number }
