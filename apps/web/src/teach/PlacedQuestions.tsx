import { getAssignment, getCourse, getStep, orderQuestions, placeQuestion, removePlacement, updatePlacement } from '@gradus/contract/courses'
import type { ReplyOf } from '@gradus/contract/endpoint'
import { listQuestions } from '@gradus/contract/questions'
import { ActionIcon, Anchor, Badge, Button, Group, NumberInput, Paper, Select, Stack, Table, Text, Title, Tooltip } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconListCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { useCall, useChange } from '../api/calls.ts'
import { useCourse } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { ConfirmButton } from '../ui/ConfirmButton.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'

type Assignment = ReplyOf<typeof getAssignment>
type Placed = Assignment['questions'][number]
const renews = [getStep, getAssignment, getCourse] as const

/** The questions of an assignment: order, points, and which version each is pinned to. */
export function PlacedQuestions({ assignment }: { assignment: Assignment }) {
  const order = useChange(orderQuestions, renews)
  const ids = assignment.questions.map((question) => question.id)
  const move = (from: number, by: -1 | 1): void => {
    const next = [...ids]
    const [id] = next.splice(from, 1)
    next.splice(from + by, 0, id!)
    order.mutate({ params: { assignment_id: assignment.id }, body: { assignment_question_ids: next } })
  }
  return (
    <section aria-labelledby="placed-questions">
      <Title order={2} size="h3" id="placed-questions" mb={8}>
        Questions
      </Title>
      <Paper p="sm">
        {assignment.questions.length === 0 ? (
          <EmptyState icon={IconListCheck} title="No questions yet">
            Place a question that exists, or write a new one. The same question can stand in many assignments, each with its own points.
          </EmptyState>
        ) : (
          <Table.ScrollContainer minWidth={700}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>#</Table.Th>
                  <Table.Th>Question</Table.Th>
                  <Table.Th>Version</Table.Th>
                  <Table.Th>Points</Table.Th>
                  <Table.Th aria-label="Actions" />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {assignment.questions.map((question, index) => (
                  <PlacedRow
                    key={question.id}
                    question={question}
                    number={index + 1}
                    is_last={index === ids.length - 1}
                    onMove={(by) => move(index, by)}
                  />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
        <ErrorLine error={order.error} />
        <PlaceOne assignment={assignment} />
      </Paper>
    </section>
  )
}

function PlacedRow({ question, number, is_last, onMove }: { question: Placed; number: number; is_last: boolean; onMove: (by: -1 | 1) => void }) {
  const course = useCourse()
  const update = useChange(updatePlacement, renews)
  const remove = useChange(removePlacement, renews)
  const [points, setPoints] = useState<number | ''>(question.points_override ?? '')
  const params = { assignment_question_id: question.id }
  const isOld = question.version_number < question.latest_published
  const override = points === '' ? null : points
  return (
    <Table.Tr>
      <Table.Td>{number}</Table.Td>
      <Table.Td>
        <Anchor component={RouteLink} to={paths.teachQuestion(course.slug, question.question_id)} dir="auto">
          {question.title}
        </Anchor>
        <ErrorLine error={update.error} />
      </Table.Td>
      <Table.Td>
        <Group gap="xs" wrap="nowrap">
          <Badge variant="light" color={isOld ? 'orange' : 'gray'} tt="none" radius="sm">
            {isOld ? `Version ${question.version_number} of ${question.latest_published}` : `Version ${question.version_number}`}
          </Badge>
          {isOld && (
            <Button
              size="compact-xs"
              variant="subtle"
              loading={update.isPending}
              onClick={() => update.mutate({ params, body: { version_number: question.latest_published } })}
            >
              Move to {question.latest_published}
            </Button>
          )}
        </Group>
      </Table.Td>
      <Table.Td>
        <Group gap="xs" wrap="nowrap">
          <NumberInput
            size="xs"
            w={90}
            aria-label={`Points of question ${number}`}
            placeholder={String(question.points_possible)}
            min={0}
            max={99999}
            decimalScale={4}
            hideControls
            value={points}
            onChange={(value) => setPoints(value === '' ? '' : Number(value))}
          />
          {override !== question.points_override ? (
            <Button size="compact-xs" loading={update.isPending} onClick={() => update.mutate({ params, body: { points_override: override } })}>
              Save
            </Button>
          ) : (
            <Text size="xs" c="dimmed">
              {question.points_override === null ? 'sum of its tests' : 'set here'}
            </Text>
          )}
        </Group>
      </Table.Td>
      <Table.Td>
        <Group gap={2} wrap="nowrap" justify="flex-end">
          <Tooltip label="Up">
            <ActionIcon variant="subtle" color="gray" aria-label={`Move question ${number} up`} disabled={number === 1} onClick={() => onMove(-1)}>
              <IconArrowUp size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Down">
            <ActionIcon variant="subtle" color="gray" aria-label={`Move question ${number} down`} disabled={is_last} onClick={() => onMove(1)}>
              <IconArrowDown size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <ConfirmButton
            size="compact-sm"
            variant="subtle"
            color="red"
            aria-label={`Take out question ${number}`}
            title="Take the question out?"
            consequence={`"${question.title}" leaves this assignment. The question itself stays. It cannot be taken out once students have handed in work for it.`}
            verb="Take it out"
            onConfirm={() => remove.mutateAsync({ params })}
          >
            Take out
          </ConfirmButton>
        </Group>
      </Table.Td>
    </Table.Tr>
  )
}

function PlaceOne({ assignment }: { assignment: Assignment }) {
  const course = useCourse()
  const questions = useCall(listQuestions, { query: {} })
  const place = useChange(placeQuestion, renews)
  const [chosen, setChosen] = useState<string | null>(null)
  const taken = new Set(assignment.questions.map((question) => question.question_id))
  const choices = (questions.data?.questions ?? [])
    .filter((question) => question.latest_published !== null && !taken.has(question.id))
    .map((question) => ({ value: question.id, label: `${question.title} (${question.slug})` }))
  return (
    <Stack gap={4} mt="sm">
      <Group gap="xs" align="flex-end">
        <Select
          label="Place a published question"
          placeholder={choices.length === 0 ? 'None to place' : 'Type to find one'}
          searchable
          data={choices}
          value={chosen}
          onChange={setChosen}
          style={{ flex: '1 1 260px', maxWidth: 480 }}
          nothingFoundMessage="No published question has this name"
        />
        <Button
          variant="default"
          disabled={chosen === null}
          loading={place.isPending}
          onClick={() => {
            if (chosen !== null)
              place.mutate({ params: { assignment_id: assignment.id }, body: { question_id: chosen } }, { onSuccess: () => setChosen(null) })
          }}
        >
          Place it
        </Button>
        <Button component={RouteLink} to={paths.teachNewQuestion(course.slug, assignment.id)} variant="subtle">
          Write a new question
        </Button>
      </Group>
      <ErrorLine error={place.error ?? questions.error} />
    </Stack>
  )
}
