import { Anchor, Badge, Stack, Table, Text } from '@mantine/core'
import { IconCheck, IconHourglass, IconX } from '@tabler/icons-react'
import { paths } from '../paths.ts'
import teach from '../teach/Teach.module.css'
import { RouteLink } from '../ui/RouteLink.tsx'
import { TimeText } from '../ui/TimeText.tsx'
import classes from './Admin.module.css'
import { Fact, Section } from './Facts.tsx'
import type { JobDetail } from './job-words.ts'
import { RawText } from './RawText.tsx'

type Lms = NonNullable<JobDetail['lms']>
type Callback = Lms['callbacks'][number]

const looks = {
  waiting: { word: 'Waiting', color: 'yellow', icon: IconHourglass },
  delivered: { word: 'Delivered', color: 'green', icon: IconCheck },
  failed: { word: 'Not delivered', color: 'red', icon: IconX },
} as const

const format = new Intl.NumberFormat('en-GB')

/** What a learning management system handed in, and what went back to it. */
export function LmsSections({ lms }: { lms: Lms }) {
  return (
    <>
      <Section id="lms" title="Learning management system">
        <dl className={classes.facts} style={{ marginBottom: 12 }}>
          <Fact name="Handed in by">
            <bdi className="mono">{lms.submitted_by}</bdi>
          </Fact>
          <Fact name="Answers go to">
            <span className="mono">{lms.callback_url}</span>
          </Fact>
          {lms.superseded_by !== null && (
            <Fact name="Replaced">
              A later hand-in of the same learner took its place.{' '}
              <Anchor component={RouteLink} to={paths.adminQueues({ state: 'all', search: lms.superseded_by })} size="sm" underline="always">
                Find it
              </Anchor>
            </Fact>
          )}
        </dl>
        {lms.callbacks.length === 0 ? (
          <Text size="sm" c="dimmed" mb="md">
            Nothing has gone back to it yet.
          </Text>
        ) : (
          <Callbacks callbacks={lms.callbacks} />
        )}
        <Stack gap="md">
          <RawText title="Header" text={lms.header} empty="Empty." />
          <RawText title="Body" text={lms.body} empty="Empty." />
        </Stack>
      </Section>
      <Section id="files" title="Files">
        {lms.files.length === 0 ? (
          <Text size="sm" c="dimmed">
            None came with it.
          </Text>
        ) : (
          <Table className={teach.rows}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th className={teach.number}>Bytes</Table.Th>
                <Table.Th>SHA-256</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {lms.files.map((file) => (
                <Table.Tr key={file.name}>
                  <Table.Td>
                    <bdi>{file.name}</bdi>
                  </Table.Td>
                  <Table.Td data-label="Bytes" className={teach.number}>
                    {format.format(file.size_bytes)}
                  </Table.Td>
                  <Table.Td data-label="SHA-256" className="mono" style={{ fontSize: 12 }}>
                    {file.sha256}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Section>
    </>
  )
}

function Callbacks({ callbacks }: { callbacks: readonly Callback[] }) {
  return (
    <Table className={teach.rows} mb="md" aria-label="Answers to the learning management system">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Answer</Table.Th>
          <Table.Th>State</Table.Th>
          <Table.Th className={teach.number}>Tries</Table.Th>
          <Table.Th>Last reply</Table.Th>
          <Table.Th>When</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {callbacks.map((callback) => {
          const { word, color, icon: Icon } = looks[callback.state]
          return (
            <Table.Tr key={callback.id}>
              <Table.Td>{callback.is_notice ? 'Notice that it failed' : 'Result'}</Table.Td>
              <Table.Td data-label="State">
                <Badge color={color} variant="light" tt="none" radius="sm" leftSection={<Icon size={14} aria-hidden />}>
                  {word}
                </Badge>
              </Table.Td>
              <Table.Td data-label="Tries" className={teach.number}>
                {callback.tries}
              </Table.Td>
              <Table.Td data-label="Last reply">
                <span>
                  {callback.last_status !== null && `HTTP ${callback.last_status}`}
                  {callback.last_status !== null && callback.last_error !== null && ': '}
                  <bdi>{callback.last_error ?? (callback.last_status === null ? '–' : '')}</bdi>
                </span>
              </Table.Td>
              <Table.Td data-label="When">
                {callback.next_try_at === null ? (
                  <TimeText at={callback.ended_at ?? callback.created_at} />
                ) : (
                  <span>
                    next try <TimeText at={callback.next_try_at} show="relative" />
                  </span>
                )}
              </Table.Td>
            </Table.Tr>
          )
        })}
      </Table.Tbody>
    </Table>
  )
}
