import { activityBuckets, type EnrolledLearners, type LearnerLine } from '@gradus/contract/progress'
import { Button, Group, NativeSelect, Pill, Progress, Stack, Table, Text, Title } from '@mantine/core'
import { IconDownload, IconSortAscending, IconSortDescending, IconUsers } from '@tabler/icons-react'
import { memo, useCallback, useMemo, useState } from 'react'
import { useSearchWords } from '../app/address.ts'
import type { CourseOutline } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { percentText } from '../ui/percent.ts'
import { RouteLink } from '../ui/RouteLink.tsx'
import { saveFile } from '../ui/save-file.ts'
import { TimeText } from '../ui/TimeText.tsx'
import { bucketWords } from './CourseFigures.tsx'
import { TABLE_ID } from './FigureLink.tsx'
import classes from './Learners.module.css'
import { chosenLearners, filterOf, type PlaceState, placeStates, progressStates, type Sort, sortedLearners, sortOf, sorts } from './learner-filter.ts'
import { learnersCsv } from './learners-csv.ts'
import { SearchField } from './SearchField.tsx'
import table from './Teach.module.css'

/** Rows shown at first and with each "more": a class fits, and five thousand learners do not slow the page down. */
const PAGE = 100

const progressWords = { done: 'Completed the course', begun: 'Under way', none: 'Did nothing yet' } as const
const placeWords: Record<PlaceState, string> = {
  reached: 'Did anything',
  completed: 'Completed',
  unfinished: 'Not completed',
  stopped: 'Stopped here',
}
const sortWords: Record<Sort, string> = {
  name: 'Name',
  progress: 'Least progress first',
  '-progress': 'Most progress first',
  '-active': 'Last active first',
  active: 'Longest away first',
  '-enrolled': 'Newest first',
}

/** The button that opens a learner, where the keyboard comes back to. */
export const rowId = (user_id: string): string => `learner-row-${user_id}`

/** Everybody enrolled; what it is narrowed to and its order stand in the address. */
export function LearnersTable({ course, list }: { course: CourseOutline; list: EnrolledLearners }) {
  const [words, change] = useSearchWords()
  const [limit, setLimit] = useState(PAGE)
  const sort = sortOf(words)
  const { search, active, progress, module, step, at } = words
  const chosen = useMemo(() => {
    const asked = Object.entries({ search, active, progress, module, step, at }).filter((pair): pair is [string, string] => pair[1] !== undefined)
    return sortedLearners(chosenLearners(list, filterOf(Object.fromEntries(asked), list.steps)), sort)
  }, [list, search, active, progress, module, step, at, sort])
  const filter = (values: Record<string, string | null>): void => {
    setLimit(PAGE)
    change(values)
  }
  const open = useCallback((user_id: string) => change({ learner: user_id }), [change])
  const count = list.learners.length
  return (
    <section aria-labelledby={TABLE_ID}>
      <Title order={2} size="h3" id={TABLE_ID} tabIndex={-1} mb={8} style={{ outline: 'none', scrollMarginTop: 12 }}>
        Learners
      </Title>
      {count === 0 ? (
        <EmptyState
          icon={IconUsers}
          title="Nobody is enrolled yet"
          action={
            <Button component={RouteLink} to={paths.teach(course.slug, 'people')}>
              Let students in
            </Button>
          }
        >
          Students who join will stand here with what they have done of each module, and when they were last here.
        </EmptyState>
      ) : (
        <Stack gap="sm">
          <Group gap="sm" align="flex-end">
            <SearchField label="Find a learner" placeholder="Name or e-mail" value={search ?? ''} onChange={(text) => filter({ search: text })} />
            <NativeSelect
              label="Last active"
              data={[{ value: '', label: 'Any time' }, ...activityBuckets.map((value) => ({ value, label: bucketWords[value] }))]}
              value={active ?? ''}
              onChange={(e) => filter({ active: e.currentTarget.value })}
            />
            <NativeSelect
              label="Progress"
              data={[{ value: '', label: 'Any' }, ...progressStates.map((value) => ({ value, label: progressWords[value] }))]}
              value={progress ?? ''}
              onChange={(e) => filter({ progress: e.currentTarget.value })}
            />
            <NativeSelect
              label="Order"
              data={sorts.map((value) => ({ value, label: sortWords[value] }))}
              value={sort}
              onChange={(e) => filter({ sort: e.currentTarget.value === 'name' ? null : e.currentTarget.value })}
            />
          </Group>
          <Place course={course} list={list} onChange={filter} />
          <Group justify="space-between" gap="sm">
            <Text size="sm" c="dimmed" role="status">
              {chosen.length === count ? `All ${count} ${count === 1 ? 'learner' : 'learners'}` : `${chosen.length} of ${count} learners`}
            </Text>
            <Button
              size="xs"
              variant="default"
              disabled={chosen.length === 0}
              leftSection={<IconDownload size={14} aria-hidden />}
              onClick={() => saveFile(`${course.slug}-learners.csv`, 'text/csv;charset=utf-8', learnersCsv(chosen))}
            >
              Download {chosen.length === count ? 'all' : `these ${chosen.length}`} as CSV
            </Button>
          </Group>
          {chosen.length === 0 ? (
            <Text c="dimmed">Nobody fits these filters. Take one away to see more.</Text>
          ) : (
            <Rows learners={chosen.slice(0, limit)} sort={sort} onSort={(next) => filter({ sort: next === 'name' ? null : next })} onOpen={open} />
          )}
          {chosen.length > limit && (
            <Group>
              <Button variant="default" onClick={() => setLimit(limit + PAGE)}>
                Show {Math.min(PAGE, chosen.length - limit)} more of {chosen.length}
              </Button>
            </Group>
          )}
        </Stack>
      )}
    </section>
  )
}

/** The filter that a figure of a module or a step set: what it is of, what was done there, and a way out. */
function Place({
  course,
  list,
  onChange,
}: {
  course: CourseOutline
  list: EnrolledLearners
  onChange: (values: Record<string, null | string>) => void
}) {
  const [words] = useSearchWords()
  const { place } = filterOf(words, list.steps)
  if (place === null) return null
  const step = list.steps.find((each) => each.step_id === words.step)
  const module = course.modules.find((each) => each.id === words.module)
  return (
    <Group gap="xs">
      <Pill
        size="md"
        withRemoveButton
        onRemove={() => onChange({ step: null, module: null, at: null })}
        removeButtonProps={{ 'aria-label': step === undefined ? 'Show every module' : 'Show every step', tabIndex: 0, 'aria-hidden': undefined }}
      >
        {step === undefined ? 'Module' : 'Step'}: <bdi>{step?.title ?? module?.title ?? 'one module'}</bdi>
      </Pill>
      <NativeSelect
        size="xs"
        aria-label="What they did there"
        data={placeStates.map((value) => ({ value, label: placeWords[value] }))}
        value={place.at}
        onChange={(e) => onChange({ at: e.currentTarget.value })}
      />
    </Group>
  )
}

interface RowsProps {
  learners: readonly LearnerLine[]
  sort: Sort
  onSort: (sort: Sort) => void
  onOpen: (user_id: string) => void
}

function Rows({ learners, sort, onSort, onOpen }: RowsProps) {
  const head = (label: string, up: Sort, down: Sort, className?: string) => (
    <Table.Th
      aria-sort={sort === up && up !== down ? 'ascending' : sort === down ? (up === down ? 'ascending' : 'descending') : 'none'}
      className={className}
    >
      <span className={classes.plain}>{label}</span>
      <button type="button" className={classes.sort} onClick={() => onSort(sort === up ? down : up)}>
        {label}
        {sort === up && <IconSortAscending size={14} aria-hidden />}
        {sort === down && up !== down && <IconSortDescending size={14} aria-hidden />}
      </button>
    </Table.Th>
  )
  return (
    <Table className={table.rows} striped>
      <Table.Thead>
        <Table.Tr>
          {head('Name', 'name', 'name')}
          {head('Progress', 'progress', '-progress')}
          {head('Last active', 'active', '-active')}
          <Table.Th>Enrolled</Table.Th>
          <Table.Th>Completed</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {learners.map((learner) => (
          <Row key={learner.user_id} learner={learner} onOpen={onOpen} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

const never = (word: string) => (
  <Text span size="sm" c="dimmed">
    {word}
  </Text>
)

const Row = memo(function Row({ learner, onOpen }: { learner: LearnerLine; onOpen: (user_id: string) => void }) {
  const { user_id, display_name, email, progress_percent, completed_steps, total_steps, last_active_at, enrolled_at, completed_at } = learner
  return (
    <Table.Tr>
      <Table.Td>
        <div>
          <button type="button" id={rowId(user_id)} className={classes.open} onClick={() => onOpen(user_id)}>
            <bdi>{display_name}</bdi>
          </button>
          <Text size="xs" c="dimmed">
            {email}
          </Text>
        </div>
      </Table.Td>
      <Table.Td data-label="Progress">
        <span className="tabular">
          <Progress className={classes.mini} value={progress_percent} size="sm" aria-hidden />
          {percentText(progress_percent)}, {completed_steps} of {total_steps} steps
        </span>
      </Table.Td>
      <Table.Td data-label="Last active">{last_active_at === null ? never('never') : <TimeText at={last_active_at} show="relative" />}</Table.Td>
      <Table.Td data-label="Enrolled">
        <TimeText at={enrolled_at} show="relative" />
      </Table.Td>
      <Table.Td data-label="Completed">
        {completed_at !== null ? (
          <TimeText at={completed_at} show="relative" />
        ) : learner.certificate_issued_at !== null ? (
          never('certificate, steps added since')
        ) : (
          never('not yet')
        )}
      </Table.Td>
    </Table.Tr>
  )
})
