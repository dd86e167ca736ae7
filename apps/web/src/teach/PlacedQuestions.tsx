import { getAssignment, getCourse, getStep, orderQuestions } from '@gradus/contract/courses'
import type { ReplyOf } from '@gradus/contract/endpoint'
import { Paper, Table, Text, Title, VisuallyHidden } from '@mantine/core'
import { useState } from 'react'
import { useChange } from '../api/calls.ts'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { pointsText } from '../ui/Points.tsx'
import { moved as movedList } from './order.ts'
import { PlacedRow } from './PlacedRow.tsx'
import { PlaceQuestion } from './PlaceQuestion.tsx'
import classes from './Teach.module.css'
import { useOrder } from './use-order.ts'

export type Assignment = ReplyOf<typeof getAssignment>

/** The questions of an assignment: order, points, and which version each is pinned to. */
export function PlacedQuestions({ assignment }: { assignment: Assignment }) {
  const store = useChange(orderQuestions, [getStep, getAssignment, getCourse])
  const [wanted, change] = useOrder<string[]>((ids) =>
    store.mutateAsync({ params: { assignment_id: assignment.id }, body: { assignment_question_ids: ids } }),
  )
  const [moved, setMoved] = useState<{ id: string; by: -1 | 1 } | null>(null)
  const questions = wanted === null ? assignment.questions : wanted.flatMap((id) => assignment.questions.find((question) => question.id === id) ?? [])
  const total = questions.reduce((sum, question) => sum + question.points_possible, 0)
  const at = questions.findIndex((question) => question.id === moved?.id)
  return (
    <section aria-labelledby="placed-questions">
      <Title order={2} size="h3" id="placed-questions" mb={8}>
        Questions
      </Title>
      <VisuallyHidden role="status">{at === -1 ? '' : `Now question ${at + 1} of ${questions.length}`}</VisuallyHidden>
      <Paper>
        {questions.length === 0 ? (
          <Text size="sm" c="dimmed" px="sm" py={10}>
            No questions yet. Place one that exists, or write a new one. The same question can stand in many assignments, each with its own points.
          </Text>
        ) : (
          <>
            <Table className={classes.rows}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th w={40}>#</Table.Th>
                  <Table.Th>Question</Table.Th>
                  <Table.Th>Version</Table.Th>
                  <Table.Th>Points</Table.Th>
                  <Table.Th>
                    <VisuallyHidden>Actions</VisuallyHidden>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {questions.map((question, index) => (
                  <PlacedRow
                    key={question.id}
                    question={question}
                    number={index + 1}
                    is_last={index === questions.length - 1}
                    moved={moved?.id === question.id ? moved : null}
                    onMove={(by) => {
                      setMoved({ id: question.id, by })
                      change(
                        movedList(
                          questions.map((each) => each.id),
                          index,
                          by,
                        ),
                      )
                    }}
                  />
                ))}
              </Table.Tbody>
            </Table>
            <Text size="sm" px="sm" py={8} className="tabular">
              {questions.length === 1 ? '1 question' : `${questions.length} questions`}, {pointsText(total)} {total === 1 ? 'point' : 'points'}{' '}
              together
            </Text>
          </>
        )}
        <ErrorLine error={store.error} />
        <PlaceQuestion assignment={assignment} />
      </Paper>
    </section>
  )
}
