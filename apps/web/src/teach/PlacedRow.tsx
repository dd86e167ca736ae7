import { getAssignment, getCourse, getStep, removePlacement, updatePlacement } from '@gradus/contract/courses'
import { Anchor, Badge, Button, Group, NativeSelect, NumberInput, Table, Text } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useChange } from '../api/calls.ts'
import { useCourse } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { ConfirmButton } from '../ui/ConfirmButton.tsx'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { pointsText } from '../ui/Points.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { MoveButtons, type Moved } from './MoveButtons.tsx'
import { MovePin } from './MovePin.tsx'
import type { Assignment } from './PlacedQuestions.tsx'
import classes from './Teach.module.css'

type Placed = Assignment['questions'][number]
const renews = [getStep, getAssignment, getCourse] as const

interface Props {
  question: Placed
  number: number
  is_last: boolean
  moved: Moved | null
  onMove: (by: -1 | 1) => void
}

/** One placed question. */
export function PlacedRow({ question, number, is_last, moved, onMove }: Props) {
  const course = useCourse()
  const remove = useChange(removePlacement, renews)
  return (
    <Table.Tr>
      <Table.Td data-short>{number}</Table.Td>
      <Table.Td data-short>
        <Anchor component={RouteLink} to={paths.teachQuestion(course.slug, question.question_id)}>
          <bdi>{question.title}</bdi>
        </Anchor>
      </Table.Td>
      <Table.Td data-label="Version">
        <PinField question={question} />
      </Table.Td>
      <Table.Td data-label="Points">
        <PointsField question={question} number={number} />
      </Table.Td>
      <Table.Td>
        <div className={classes.actions}>
          <MoveButtons name={`question ${number}`} is_first={number === 1} is_last={is_last} moved={moved} onMove={onMove} />
          <ConfirmButton
            size="compact-sm"
            variant="subtle"
            color="red"
            aria-label={`Take out question ${number}`}
            title="Take the question out?"
            consequence={`“${question.title}” leaves this assignment. The question itself stays. It cannot be taken out once students have handed in work for it.`}
            verb="Take it out"
            onConfirm={() => remove.mutateAsync({ params: { assignment_question_id: question.id } })}
          >
            Take out
          </ConfirmButton>
        </div>
      </Table.Td>
    </Table.Tr>
  )
}

/** Which version is asked here. It stays until somebody moves it, whatever is published meanwhile (R70). */
function PinField({ question }: { question: Placed }) {
  const { version_number: present, latest_published: latest } = question
  const [chosen, setChosen] = useState<number | null>(null)
  const number = chosen ?? latest
  if (latest === 1) return <span>1</span>
  return (
    <div>
      <Group gap={6}>
        <NativeSelect
          size="xs"
          aria-label={`Version of ${question.title}`}
          data={Array.from({ length: latest }, (_, n) => ({
            value: String(n + 1),
            label: n + 1 === present ? `${n + 1}, in use` : n + 1 === latest ? `${n + 1}, newest` : String(n + 1),
          }))}
          value={String(chosen ?? present)}
          onChange={(e) => setChosen(Number(e.currentTarget.value))}
        />
        {present < latest && chosen === null && (
          <Badge variant="light" color="orange" tt="none" radius="sm">
            Version {latest} is newer
          </Badge>
        )}
        {number !== present && (
          <MovePin
            question_id={question.question_id}
            assignment_question_id={question.id}
            from={present}
            to={number}
            onMoved={() => setChosen(null)}
          />
        )}
        {chosen !== null && chosen !== present && (
          <Button size="compact-sm" variant="default" onClick={() => setChosen(null)}>
            Cancel
          </Button>
        )}
      </Group>
    </div>
  )
}

function PointsField({ question, number }: { question: Placed; number: number }) {
  const update = useChange(updatePlacement, renews)
  const stored = question.points_override ?? ''
  const [typed, setTyped] = useState<number | string | null>(null)
  const points = typed ?? stored
  const save = async (event: FormEvent) => {
    event.preventDefault()
    if (points === stored) return
    await update.mutateAsync({
      params: { assignment_question_id: question.id },
      body: { points_override: points === '' ? null : Number(points) },
    })
    setTyped(null)
  }
  return (
    <form onSubmit={(event) => void save(event).catch(() => undefined)}>
      <Group gap="xs">
        <NumberInput
          size="xs"
          w={90}
          aria-label={`Points of question ${number}`}
          placeholder={pointsText(question.points_possible)}
          min={0}
          max={99_999}
          decimalScale={4}
          hideControls
          value={points}
          onChange={setTyped}
        />
        {points === stored ? (
          <Text size="xs" c="dimmed" component="span">
            {question.points_override === null ? 'sum of its tests' : 'set here'}
          </Text>
        ) : (
          <Button type="submit" size="compact-sm" loading={update.isPending}>
            Save
          </Button>
        )}
      </Group>
      <ErrorLine error={update.error} />
    </form>
  )
}
