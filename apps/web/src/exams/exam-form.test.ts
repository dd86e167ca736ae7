import { createExam, type Exam, updateExam } from '@gradus/contract/exams'
import { expect, test } from 'vitest'
import { bodyOf, changesOf, emptyForm, formOf, typesIn } from './exam-form.ts'

const exam = {
  title: 'Algebra',
  instructions_markdown: '',
  time_zone: 'Europe/Berlin',
  opens_at: '2026-01-31T08:00:00.000Z',
  due_at: null,
  closes_at: '2026-01-31T10:00:00.000Z',
  max_uploads: 5,
  max_bytes: 3_145_728,
  allowed_types: ['pdf'],
  retention_seconds: 5_400,
  hash_first_grace_seconds: 90,
} as unknown as Exam

test('a new exam is what the contract takes, with the limits of the original', () => {
  const body = createExam.body.parse({ ...bodyOf({ ...emptyForm(), title: 'Algebra' }, 'UTC'), time_zone: 'UTC' })
  expect(body).toMatchObject({ max_uploads: 5, max_bytes: 3_145_728, retention_seconds: 259_200, hash_first_grace_seconds: 600 })
})

test('what is stored is what is typed, on the exam’s clocks, and nothing unchanged is sent', () => {
  const form = formOf(exam)
  expect(form).toMatchObject({ opens_at: '2026-01-31T09:00', closes_at: '2026-01-31T11:00', max_mib: 3, retention_hours: 1.5, grace_minutes: 1.5 })
  expect(changesOf(form, form, 'Europe/Berlin')).toEqual({})
  const changes = changesOf(form, { ...form, closes_at: '2026-01-31T11:30', max_mib: 0.5, allowed_types: [] }, 'Europe/Berlin')
  expect(changes).toEqual({ closes_at: '2026-01-31T10:30:00.000Z', max_bytes: 524_288, allowed_types: [] })
  expect(updateExam.body.safeParse(changes).success).toBe(true)
})

test('as many uploads as they like is a setting of its own', () => {
  const unlimited = formOf({ ...exam, max_uploads: null })
  expect(changesOf(unlimited, unlimited, 'UTC')).toEqual({})
  const changes = changesOf(formOf(exam), { ...formOf(exam), max_uploads: null }, 'UTC')
  expect(updateExam.body.parse(changes)).toEqual({ max_uploads: null })
})

test('types are taken as people write them', () => {
  expect(typesIn(['.PDF, docx', '*.zip', 'pdf', 'tar.gz', 'ü', ''])).toEqual(['pdf', 'docx', 'zip'])
})
