import { type AggregateStats, rateColour } from '@gradus/contract/progress'
import { Group, SegmentedControl, Stack, Table, Text, Title, Tooltip } from '@mantine/core'
import { useSearchWords } from '../app/address.ts'
import { percentText } from '../ui/percent.ts'
import { FigureLink } from './FigureLink.tsx'
import classes from './Learners.module.css'
import table from './Teach.module.css'

type Step = AggregateStats['modules'][number]['steps'][number]

/** What a cell says beside its colour. */
const rateWords = ({ pass_rate }: Step): string => (pass_rate === null ? 'no attempts' : percentText(pass_rate * 100))
const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`
const scoreWords = ({ avg_score }: Step): string => (avg_score === null ? '–' : percentText(avg_score * 100))
const kindWords = (kind: string): string => (kind === 'io' ? 'program' : kind)

/** Every step with its pass rate, as a heatmap by module or as a plain table. */
export function StepHeat({ stats }: { stats: AggregateStats }) {
  const [words, change] = useSearchWords()
  if (stats.total_steps === 0) return null
  const isTable = words.view === 'table'
  return (
    <section aria-labelledby="steps">
      <Group justify="space-between" gap="xs" mb={4}>
        <Title order={2} size="h3" id="steps">
          Step by step
        </Title>
        <SegmentedControl
          size="xs"
          transitionDuration={0}
          aria-label="Show the steps as"
          value={isTable ? 'table' : 'heatmap'}
          onChange={(view) => change({ view: view === 'table' ? 'table' : null })}
          data={[
            { value: 'heatmap', label: 'Heatmap' },
            { value: 'table', label: 'Table' },
          ]}
        />
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        Pass rate: learners who completed the step in proportion to all attempts at it. Below 40 % is red, below 70 % amber, from 70 % green. A
        material has no attempts.
      </Text>
      {isTable ? <StepTable stats={stats} /> : <Heat stats={stats} />}
    </section>
  )
}

function Heat({ stats }: { stats: AggregateStats }) {
  return (
    <Stack gap="sm">
      {stats.modules
        .filter((module) => module.steps.length > 0)
        .map((module) => (
          <div key={module.module_id}>
            <Title order={3} size="h4" style={{ overflowWrap: 'anywhere' }}>
              <bdi>{module.title}</bdi>
            </Title>
            <ul className={classes.heat}>
              {module.steps.map((step) => (
                <li key={step.step_id}>
                  <Tooltip
                    label={`${step.title}: ${counted(step.attempts, 'attempt')} by ${counted(step.learners, 'learner')}, ${step.completed} completed, average score ${scoreWords(step)}`}
                  >
                    <div style={{ height: '100%' }} data-heat={rateColour(step.pass_rate)}>
                      <FigureLink filters={{ step: step.step_id, at: 'reached' }} className={classes.cell}>
                        <bdi className={classes.cellName}>{step.title}</bdi>
                        <span className={classes.cellRate}>{rateWords(step)}</span>
                        <span>{step.learners === 0 ? 'nobody yet' : `${step.completed} of ${step.learners} done`}</span>
                      </FigureLink>
                    </div>
                  </Tooltip>
                </li>
              ))}
            </ul>
          </div>
        ))}
    </Stack>
  )
}

function StepTable({ stats }: { stats: AggregateStats }) {
  return (
    <Table className={table.rows} striped>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Step</Table.Th>
          <Table.Th>Kind</Table.Th>
          <Table.Th className={table.number}>Learners</Table.Th>
          <Table.Th className={table.number}>Completed</Table.Th>
          <Table.Th className={table.number}>Attempts</Table.Th>
          <Table.Th className={table.number}>Pass rate</Table.Th>
          <Table.Th className={table.number}>Average score</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {stats.modules
          .flatMap((module) => module.steps)
          .map((step) => (
            <Table.Tr key={step.step_id}>
              <Table.Td>
                <div>
                  <bdi>{step.title}</bdi>
                  <Text size="xs" c="dimmed">
                    <bdi>{step.module_title}</bdi>
                  </Text>
                </div>
              </Table.Td>
              <Table.Td data-short>{kindWords(step.exercise_type)}</Table.Td>
              <Table.Td data-short data-label="Learners" className={table.number}>
                <FigureLink filters={{ step: step.step_id, at: 'reached' }}>{step.learners}</FigureLink>
              </Table.Td>
              <Table.Td data-short data-label="Completed" className={table.number}>
                <FigureLink filters={{ step: step.step_id, at: 'completed' }}>{step.completed}</FigureLink>
              </Table.Td>
              <Table.Td data-short data-label="Attempts" className={table.number}>
                {step.attempts}
              </Table.Td>
              <Table.Td data-short data-label="Pass rate" className={table.number}>
                <span className={classes.badge} data-heat={rateColour(step.pass_rate)}>
                  {rateWords(step)}
                </span>
              </Table.Td>
              <Table.Td data-short data-label="Average score" className={table.number}>
                {scoreWords(step)}
              </Table.Td>
            </Table.Tr>
          ))}
      </Table.Tbody>
    </Table>
  )
}
