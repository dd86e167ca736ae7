/** NOTIFY here says that work of a language waits. Payload: languages, comma-separated; empty means "look for yourself". */
export const WORK_CHANNEL = 'gradus_work'
/** NOTIFY here says that a job's standing changed. Payload: the job's subject. */
export const PROGRESS_CHANNEL = 'gradus_progress'
