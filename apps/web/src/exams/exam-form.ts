import type { createExam, Exam, updateExam } from '@gradus/contract/exams'
import { DEFAULT_MAX_BYTES, DEFAULT_RETENTION_SECONDS } from '@gradus/contract/exams'
import type { z } from 'zod'
import { instantOf, localOf } from '../teach/zoned-time.ts'

const MIB = 1_048_576
const HOUR_SECONDS = 3_600
const MINUTE_SECONDS = 60

/** An exam's settings as they are typed: times on the exam's clocks, sizes in MiB, spans in hours and minutes. */
export interface ExamForm {
  title: string
  instructions_markdown: string
  opens_at: string
  due_at: string
  closes_at: string
  /** Null: as many as they like. */
  max_uploads: number | null
  max_mib: number
  allowed_types: string[]
  retention_hours: number
  grace_minutes: number
}

export const timeFields = ['opens_at', 'due_at', 'closes_at'] as const

/** As many as the contract takes. */
export const bounds = { max_uploads: 1_000, max_mib: 1_024, retention_hours: 87_600, grace_minutes: 1_440 } as const

/** The original's number. */
export const USUAL_UPLOADS = 5

export const emptyForm = (): ExamForm => ({
  title: '',
  instructions_markdown: '',
  opens_at: '',
  due_at: '',
  closes_at: '',
  max_uploads: USUAL_UPLOADS,
  max_mib: DEFAULT_MAX_BYTES / MIB,
  allowed_types: [],
  retention_hours: DEFAULT_RETENTION_SECONDS / HOUR_SECONDS,
  grace_minutes: 10,
})

export const formOf = (exam: Exam): ExamForm => ({
  title: exam.title,
  instructions_markdown: exam.instructions_markdown,
  opens_at: localOf(exam.opens_at, exam.time_zone),
  due_at: localOf(exam.due_at, exam.time_zone),
  closes_at: localOf(exam.closes_at, exam.time_zone),
  max_uploads: exam.max_uploads,
  max_mib: exam.max_bytes / MIB,
  allowed_types: exam.allowed_types,
  retention_hours: exam.retention_seconds / HOUR_SECONDS,
  grace_minutes: exam.hash_first_grace_seconds / MINUTE_SECONDS,
})

export const timesOf = (form: ExamForm, zone: string) => ({
  opens_at: instantOf(form.opens_at, zone),
  due_at: instantOf(form.due_at, zone),
  closes_at: instantOf(form.closes_at, zone),
})

/** What goes to the server for a new exam. */
export const bodyOf = (form: ExamForm, zone: string) =>
  ({
    title: form.title,
    instructions_markdown: form.instructions_markdown,
    ...timesOf(form, zone),
    max_uploads: form.max_uploads,
    max_bytes: Math.max(1, Math.round(form.max_mib * MIB)),
    allowed_types: form.allowed_types,
    retention_seconds: Math.round(form.retention_hours * HOUR_SECONDS),
    hash_first_grace_seconds: Math.round(form.grace_minutes * MINUTE_SECONDS),
  }) satisfies z.input<(typeof createExam)['body']>

const sentAs: Record<keyof ExamForm, keyof ReturnType<typeof bodyOf>> = {
  title: 'title',
  instructions_markdown: 'instructions_markdown',
  opens_at: 'opens_at',
  due_at: 'due_at',
  closes_at: 'closes_at',
  max_uploads: 'max_uploads',
  max_mib: 'max_bytes',
  allowed_types: 'allowed_types',
  retention_hours: 'retention_seconds',
  grace_minutes: 'hash_first_grace_seconds',
}

/** Only what was changed here: a colleague may have changed the rest meanwhile. */
export function changesOf(before: ExamForm, after: ExamForm, zone: string): z.input<(typeof updateExam)['body']> {
  const names = (Object.keys(sentAs) as (keyof ExamForm)[]).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
  const whole = bodyOf(after, zone)
  return Object.fromEntries(names.map((name) => [sentAs[name], whole[sentAs[name]]]))
}

/** ".PDF, docx" as endings: small letters and digits without the dot; what can be none is left out. */
export const typesIn = (typed: readonly string[]): string[] => [
  ...new Set(
    typed
      .flatMap((each) => each.split(/[\s,;]+/))
      .map((each) => each.replace(/^\*?\./, '').toLowerCase())
      .filter((each) => /^[a-z0-9]{1,16}$/.test(each)),
  ),
]
