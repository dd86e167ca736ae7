import { getAssignment, getCourse, getStep, placeQuestion } from '@gradus/contract/courses'
import { listQuestions } from '@gradus/contract/questions'
import { Button, Group, NumberInput, Select, Stack } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type FormEvent, useState } from 'react'
import { useCall, useChange } from '../api/calls.ts'
import { useCourse } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { useFocusLater } from './focus.ts'
import type { Assignment } from './PlacedQuestions.tsx'
import classes from './Teach.module.css'

interface Choice {
  value: string
  label: string
}

/** Puts a question that exists into the assignment, at the end, in its newest published version. */
export function PlaceQuestion({ assignment }: { assignment: Assignment }) {
  const course = useCourse()
  const place = useChange(placeQuestion, [getStep, getAssignment, getCourse])
  const [chosen, setChosen] = useState<Choice | null>(null)
  const [typed, setTyped] = useState('')
  const [points, setPoints] = useState<number | string>('')
  // Once chosen, the field shows the question's name, which is nothing to look for.
  const [search] = useDebouncedValue(typed === chosen?.label ? '' : typed.trim().slice(0, 100), 200)
  const questions = useCall(listQuestions, { query: search === '' ? {} : { search } }, { keep_previous: true })
  const focusLater = useFocusLater()
  const taken = new Set(assignment.questions.map((question) => question.question_id))
  const choices = (questions.data?.questions ?? [])
    .filter((question) => question.latest_published !== null && !taken.has(question.id))
    .map((question): Choice => ({ value: question.id, label: `${question.title} (${question.slug})` }))
  const data = chosen === null || choices.some((choice) => choice.value === chosen.value) ? choices : [chosen, ...choices]
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (chosen === null) return
    await place.mutateAsync({
      params: { assignment_id: assignment.id },
      body: { question_id: chosen.value, ...(points === '' ? {} : { points_override: Number(points) }) },
    })
    setChosen(null)
    setTyped('')
    setPoints('')
    focusLater('place-question')
  }
  return (
    <form className={classes.foot} onSubmit={(event) => void submit(event).catch(() => undefined)}>
      <Stack gap={4}>
        <Group gap="xs" align="flex-end">
          <Select
            id="place-question"
            label="Place a question"
            description="Published ones of yours, and those shared with you"
            placeholder="Type to find one"
            searchable
            clearable
            data={data}
            limit={50}
            filter={({ options }) => options}
            searchValue={typed}
            onSearchChange={setTyped}
            value={chosen?.value ?? null}
            onChange={(value) => setChosen(data.find((choice) => choice.value === value) ?? null)}
            style={{ flex: '1 1 260px', maxWidth: 480 }}
            nothingFoundMessage="No published question has this name. Drafts must be published first."
          />
          <NumberInput
            label="Points"
            description="Empty: sum of its tests"
            w={150}
            min={0}
            max={99_999}
            decimalScale={4}
            hideControls
            value={points}
            onChange={setPoints}
          />
          <Button type="submit" variant="default" disabled={chosen === null} loading={place.isPending}>
            Place it
          </Button>
          <Button component={RouteLink} to={paths.teachNewQuestion(course.slug, assignment.id)} variant="subtle">
            Write a new question
          </Button>
        </Group>
        <ErrorLine error={place.error ?? questions.error} />
      </Stack>
    </form>
  )
}
