import type { ReplyOf } from '@gradus/contract/endpoint'
import { getQuestion, getQuestionVersion, listQuestions, updateQuestion } from '@gradus/contract/questions'
import { Anchor, Badge, Group, NativeSelect, Stack, Switch, Table, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { useCall, useChange } from '../api/calls.ts'
import { paths } from '../paths.ts'
import { CodeDiff } from '../ui/CodeDiff.tsx'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { pointsText } from '../ui/Points.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { TimeText } from '../ui/TimeText.tsx'

type Question = ReplyOf<typeof getQuestion>

/** All versions, who is pinned to which, and what changed between any two. */
export function VersionsTab({ question }: { question: Question }) {
  const share = useChange(updateQuestion, [getQuestion, listQuestions])
  return (
    <Stack gap="lg">
      <Stack gap={4}>
        <Switch
          label="Shared with every teacher of this server"
          checked={question.is_shared}
          disabled={!question.is_mine || share.isPending}
          onChange={(e) => share.mutate({ params: { question_id: question.id }, body: { is_shared: e.currentTarget.checked } })}
        />
        <ErrorLine error={share.error} />
      </Stack>
      <Table.ScrollContainer minWidth={560}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Version</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>Tests</Table.Th>
              <Table.Th>Points</Table.Th>
              <Table.Th>Last change</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {question.versions.map((version) => (
              <Table.Tr key={version.id}>
                <Table.Td>{version.number}</Table.Td>
                <Table.Td>
                  <Badge variant="light" color={version.state === 'published' ? 'green' : 'gray'} tt="none" radius="sm">
                    {version.state === 'published' ? 'Published' : 'Draft'}
                  </Badge>
                </Table.Td>
                <Table.Td className="tabular">{version.test_count}</Table.Td>
                <Table.Td className="tabular">{pointsText(version.points_possible)}</Table.Td>
                <Table.Td>
                  <TimeText at={version.published_at ?? version.updated_at} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <section aria-labelledby="placements">
        <Title order={2} size="h3" id="placements" mb={8}>
          Where it is placed
        </Title>
        {question.placements.length === 0 ? (
          <Text size="sm" c="dimmed">
            Nowhere yet. Open an assignment under Teach and place it.
          </Text>
        ) : (
          <ul>
            {question.placements.map((placement) => (
              <li key={placement.assignment_question_id}>
                <Anchor component={RouteLink} to={paths.course(placement.course_id)}>
                  {placement.course_title}
                </Anchor>
                , {placement.assignment_title}: version {placement.version_number}
                {placement.points_override === null ? '' : `, ${pointsText(placement.points_override)} points`}
              </li>
            ))}
          </ul>
        )}
      </section>
      {question.versions.length > 1 && <Difference question={question} />}
    </Stack>
  )
}

function Difference({ question }: { question: Question }) {
  const numbers = question.versions.map((version) => version.number)
  const [before, setBefore] = useState(numbers[1]!)
  const [after, setAfter] = useState(numbers[0]!)
  const left = useCall(getQuestionVersion, { params: { question_id: question.id, number: before } })
  const right = useCall(getQuestionVersion, { params: { question_id: question.id, number: after } })
  const data = numbers.map((number) => ({ value: String(number), label: `Version ${number}` }))
  const text = (version: typeof left.data): string => (version === undefined ? '' : JSON.stringify(version.content, null, 2).replaceAll('\\n', '\n'))
  return (
    <section aria-labelledby="difference">
      <Title order={2} size="h3" id="difference" mb={8}>
        What changed
      </Title>
      <Group gap="sm" mb="sm">
        <NativeSelect aria-label="Earlier version" data={data} value={String(before)} onChange={(e) => setBefore(Number(e.currentTarget.value))} />
        <Text size="sm">against</Text>
        <NativeSelect aria-label="Later version" data={data} value={String(after)} onChange={(e) => setAfter(Number(e.currentTarget.value))} />
      </Group>
      <ErrorLine error={left.error ?? right.error} />
      {left.data === undefined || right.data === undefined ? (
        <LoadingState shape="rows" />
      ) : (
        <CodeDiff
          before={text(left.data)}
          after={text(right.data)}
          before_label={`Version ${before}`}
          after_label={`Version ${after}`}
          language="text"
          is_unified
        />
      )}
    </section>
  )
}
