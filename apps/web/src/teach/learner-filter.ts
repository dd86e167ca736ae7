import { type ActivityBucket, activityBuckets, bucketOf, type EnrolledLearners, type LearnerLine } from '@gradus/contract/progress'

/** Which learners a figure of the dashboard stands for. Everything here is pure: the address in, learners out. */

export const progressStates = ['done', 'begun', 'none'] as const
export type ProgressState = (typeof progressStates)[number]

/** What learners did in a module or a step: anything at all, all of it, some but not all, or the last thing they ever did. */
export const placeStates = ['reached', 'completed', 'unfinished', 'stopped'] as const
export type PlaceState = (typeof placeStates)[number]

export const sorts = ['name', 'progress', '-progress', '-active', 'active', '-enrolled'] as const
export type Sort = (typeof sorts)[number]

/** Idle this long, a learner who is not through has stopped: two missed weeks. */
const STOPPED_SECONDS = 14 * 86_400

export interface LearnerFilter {
  search: string
  active: ActivityBucket | null
  progress: ProgressState | null
  /** Places of the steps in the course's order, and what was done there. */
  place: { ordinals: readonly number[]; at: PlaceState } | null
}

type Words = Record<string, string>
const oneOf = <T extends string>(known: readonly T[], word: string | undefined): T | null => known.find((each) => each === word) ?? null

/** What the address asks for; what it cannot mean is left out, so that a mistyped link still shows the list. */
export function filterOf(words: Words, steps: EnrolledLearners['steps']): LearnerFilter {
  const ordinals = steps.flatMap((step, ordinal) =>
    step.step_id === words.step || (!words.step && step.module_id === words.module) ? [ordinal] : [],
  )
  return {
    search: words.search ?? '',
    active: oneOf(activityBuckets, words.active),
    progress: oneOf(progressStates, words.progress),
    place: ordinals.length === 0 ? null : { ordinals, at: oneOf(placeStates, words.at) ?? 'reached' },
  }
}

export const sortOf = (words: Words): Sort => oneOf(sorts, words.sort) ?? 'name'

/** Seconds from the learner's last activity to the instant of the list; null for never. */
const idleSeconds = ({ last_active_at }: LearnerLine, as_of: string): number | null =>
  last_active_at === null ? null : (Date.parse(as_of) - Date.parse(last_active_at)) / 1_000

export const progressOf = ({ completed_steps, total_steps, touched_steps }: LearnerLine): ProgressState =>
  total_steps > 0 && completed_steps === total_steps ? 'done' : touched_steps.includes('1') ? 'begun' : 'none'

/** Whether a learner is among those that a figure of a module or a step counts. */
export function isAt(learner: LearnerLine, { ordinals, at }: NonNullable<LearnerFilter['place']>, as_of: string): boolean {
  const isReached = ordinals.some((ordinal) => learner.touched_steps[ordinal] === '1')
  const isCompleted = ordinals.length > 0 && ordinals.every((ordinal) => learner.done_steps[ordinal] === '1')
  if (at === 'reached') return isReached
  if (at === 'completed') return isCompleted
  if (at === 'unfinished') return isReached && !isCompleted
  const idle = idleSeconds(learner, as_of)
  return ordinals.includes(learner.touched_steps.lastIndexOf('1')) && progressOf(learner) !== 'done' && idle !== null && idle >= STOPPED_SECONDS
}

/** The learners that fit every part of a filter, in the order they came in. */
export function chosenLearners({ learners, as_of }: Pick<EnrolledLearners, 'learners' | 'as_of'>, filter: LearnerFilter): LearnerLine[] {
  const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean)
  return learners.filter((learner) => {
    if (filter.active !== null && bucketOf(idleSeconds(learner, as_of)) !== filter.active) return false
    if (filter.progress !== null && progressOf(learner) !== filter.progress) return false
    if (filter.place !== null && !isAt(learner, filter.place, as_of)) return false
    if (words.length === 0) return true
    const text = `${learner.display_name} ${learner.email}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

const names = new Intl.Collator('en', { sensitivity: 'base', numeric: true })
const times = (a: string | null, b: string | null): number => ((a ?? '') < (b ?? '') ? -1 : (a ?? '') > (b ?? '') ? 1 : 0)

const orders: Record<Sort, (a: LearnerLine, b: LearnerLine) => number> = {
  name: (a, b) => names.compare(a.display_name, b.display_name),
  progress: (a, b) => a.progress_percent - b.progress_percent,
  '-progress': (a, b) => b.progress_percent - a.progress_percent,
  active: (a, b) => times(a.last_active_at, b.last_active_at),
  '-active': (a, b) => times(b.last_active_at, a.last_active_at),
  '-enrolled': (a, b) => times(b.enrolled_at, a.enrolled_at),
}

/** In the wanted order; equal ones stay as they were. Who was never active was active longest ago. */
export const sortedLearners = (learners: readonly LearnerLine[], sort: Sort): LearnerLine[] => learners.toSorted(orders[sort])
