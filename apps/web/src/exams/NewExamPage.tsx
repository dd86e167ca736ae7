import { listCourses } from '@gradus/contract/courses'
import { createExam, listExams } from '@gradus/contract/exams'
import { Button, Group, Select, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useCall, useChange } from '../api/calls.ts'
import { fieldProblems } from '../api/problem.ts'
import { useUser } from '../api/session.ts'
import { useGo } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { paths } from '../paths.ts'
import { takeFocus } from '../teach/focus.ts'
import { TimeZoneField } from '../teach/TimeZoneField.tsx'
import { timesProblems } from '../teach/times-sentence.ts'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { ExamFields } from './ExamFields.tsx'
import { bodyOf, emptyForm, timesOf } from './exam-form.ts'

const OWN = ''

/** Makes an exam, in a course of its own or beside the assignments of one. */
export function NewExamPage() {
  const user = useUser()
  const go = useGo()
  const courses = useCall(listCourses, {})
  const make = useChange(createExam, [listExams, listCourses])
  const [form, setForm] = useState(emptyForm)
  const [chosen, setChosen] = useState(OWN)
  const [own_zone, setOwnZone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone)
  const mine = (courses.data?.courses ?? []).filter((course) => course.my_role === 'owner' || course.my_role === 'teacher')
  const mayOwn = user.is_creator || user.is_admin
  const course_id = chosen === OWN && !mayOwn ? (mine[0]?.id ?? OWN) : chosen
  const course = mine.find((each) => each.id === course_id)
  const zone = course?.time_zone ?? own_zone
  const problems: Record<string, string | undefined> = { ...fieldProblems(make.error), ...timesProblems(timesOf(form, zone)) }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const exam = await make.mutateAsync({
      body: { ...bodyOf(form, zone), ...(course === undefined ? { time_zone: zone } : { course_id: course.id }) },
    })
    go(paths.exam(exam.id, 'candidates'))
  }
  return (
    <Page>
      <PageHead title="New exam" crumbs={[{ label: 'Exams', to: paths.exams() }, { label: 'New exam' }]} />
      <form onSubmit={(event) => void submit(event).catch(() => undefined)}>
        <Stack gap="md">
          <TextInput
            ref={takeFocus}
            label="Title"
            description="Candidates see it with their code: name the subject and the day"
            required
            maxLength={200}
            dir="auto"
            value={form.title}
            onChange={(event) => setForm({ ...form, title: event.currentTarget.value })}
            error={problems.title}
            maw={560}
          />
          <Select
            label="Course"
            description="Whose teachers may watch the exam. Candidates need no account and are not members of it."
            data={[...(mayOwn ? [{ value: OWN, label: 'A course of its own' }] : []), ...mine.map(({ id, title }) => ({ value: id, label: title }))]}
            value={course_id}
            allowDeselect={false}
            searchable={mine.length > 8}
            onChange={(next) => setChosen(next ?? OWN)}
            error={problems.course_id}
            maw={560}
          />
          {course === undefined && (
            <div style={{ maxWidth: 560 }}>
              <TimeZoneField value={own_zone} onChange={setOwnZone} error={problems.time_zone} />
            </div>
          )}
          <ExamFields form={form} zone={zone} problems={problems} onChange={(part) => setForm((before) => ({ ...before, ...part }))} />
          <ErrorLine error={make.error} />
          <Group>
            <Button type="submit" loading={make.isPending} disabled={form.title.trim() === '' || (course === undefined && !mayOwn)}>
              Make the exam
            </Button>
          </Group>
        </Stack>
      </form>
    </Page>
  )
}
