import { getQuestion, getQuestionVersion, listQuestions, updateQuestion } from '@gradus/contract/questions'
import { Badge, Group, NativeSelect, Stack, Switch, Table, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { useCall, useChange } from '../api/calls.ts'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { languageNames } from '../ui/languages.ts'
import { pointsText } from '../ui/Points.tsx'
import { TimeText } from '../ui/TimeText.tsx'
import { ContentDiff } from './ContentDiff.tsx'
import { contentText } from './content-text.ts'
import { Placements } from './Placements.tsx'
import classes from './Teach.module.css'
import type { Question } from './use-author.ts'

/** All versions, who is pinned to which, and what changed between any two. */
export function VersionsTab({ question }: { question: Question }) {
  return (
    <Stack gap="xl">
      {question.is_mine && <Sharing question={question} />}
      <section aria-labelledby="versions">
        <Title order={2} size="h3" id="versions" mb={8}>
          Versions
        </Title>
        <Table className={classes.rows}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Version</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th className={classes.number}>Tests</Table.Th>
              <Table.Th className={classes.number}>Points</Table.Th>
              <Table.Th>Languages</Table.Th>
              <Table.Th>Last change</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {question.versions.map((version) => (
              <Table.Tr key={version.id}>
                <Table.Td data-label="Version">{version.number}</Table.Td>
                <Table.Td data-label="State">
                  <Badge variant="light" color={version.state === 'published' ? 'green' : 'gray'} tt="none" radius="sm">
                    {version.state === 'published' ? 'Published' : 'Draft'}
                  </Badge>
                </Table.Td>
                <Table.Td data-label="Tests" className={classes.number}>
                  {version.test_count}
                </Table.Td>
                <Table.Td data-label="Points" className={classes.number}>
                  {pointsText(version.points_possible)}
                </Table.Td>
                <Table.Td data-label="Languages">{version.languages.map((language) => languageNames[language]).join(', ')}</Table.Td>
                <Table.Td data-label="Last change">
                  <TimeText at={version.published_at ?? version.updated_at} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
      <section aria-labelledby="placements">
        <Title order={2} size="h3" id="placements" mb={8}>
          Where it is asked
        </Title>
        {question.placements.length === 0 ? (
          <Text size="sm" c="dimmed">
            Nowhere yet, as far as you can see. Open an assignment in the outline and place it.
          </Text>
        ) : (
          <Placements question={question} can_move />
        )}
      </section>
      {question.versions.length > 1 && <Difference key={question.versions[0]!.id} question={question} />}
    </Stack>
  )
}

function Sharing({ question }: { question: Question }) {
  const share = useChange(updateQuestion, [getQuestion, listQuestions])
  return (
    <div>
      <Switch
        label="Shared with every teacher of this server"
        description={
          question.is_shared
            ? 'They can read it with its reference solutions, and place its published versions. Only you change it.'
            : 'Only you can read and place it. Where it is placed already it stays.'
        }
        checked={question.is_shared}
        disabled={share.isPending}
        onChange={(e) => share.mutate({ params: { question_id: question.id }, body: { is_shared: e.currentTarget.checked } })}
      />
      <ErrorLine error={share.error} />
    </div>
  )
}

function Difference({ question }: { question: Question }) {
  const numbers = question.versions.map((version) => version.number)
  const [before, setBefore] = useState(numbers[1]!)
  const [after, setAfter] = useState(numbers[0]!)
  const left = useCall(getQuestionVersion, { params: { question_id: question.id, number: before } })
  const right = useCall(getQuestionVersion, { params: { question_id: question.id, number: after } })
  const data = numbers.map((number) => ({ value: String(number), label: `Version ${number}` }))
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
        <ContentDiff
          before={contentText(left.data.content)}
          after={contentText(right.data.content)}
          before_label={`Version ${before}`}
          after_label={`Version ${after}`}
        />
      )}
    </section>
  )
}
