import type { ReplyOf } from '@gradus/contract/endpoint'
import { gradingState, listCourseSubmissions } from '@gradus/contract/submissions'
import { verdicts } from '@gradus/contract/words'
import { Button, Group, NativeSelect, Pill, Stack } from '@mantine/core'
import { IconInbox } from '@tabler/icons-react'
import { useCall } from '../api/calls.ts'
import { useSearchWords } from '../app/address.ts'
import { usePageTitle } from '../app/PageHead.tsx'
import { useCourse } from '../courses/use-course.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { Pager } from '../ui/Pager.tsx'
import { usePages } from '../ui/pages.ts'
import { stateLooks, verdictLooks } from '../ui/Verdict.tsx'
import { SearchField } from './SearchField.tsx'
import { SubmissionsTable } from './SubmissionsTable.tsx'

export type Row = ReplyOf<typeof listCourseSubmissions>['submissions'][number]

const LOOK_AGAIN_MS = 5_000

const isId = (text: string | undefined): text is string => text !== undefined && /^[0-9a-f-]{36}$/i.test(text)

/** What the address asks for; what it cannot mean is left out, so that a mistyped link still shows the list. */
function queryOf(words: Record<string, string>) {
  const state = gradingState.options.find((each) => each === words.state)
  const verdict = verdicts.find((each) => each === words.verdict)
  return {
    ...(isId(words.assignment) ? { assignment_id: words.assignment } : {}),
    ...(isId(words.question) ? { assignment_question_id: words.question } : {}),
    ...(isId(words.learner) ? { learner_id: words.learner } : {}),
    ...(state === undefined ? {} : { state }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(words.search === undefined ? {} : { search: words.search.slice(0, 100) }),
  }
}

/** Hand-ins of the course, newest first; every filter stands in the address. */
export function SubmissionsPage() {
  const course = useCourse()
  usePageTitle(`Submissions · ${course.title}`)
  const [words, change] = useSearchWords()
  const pages = usePages()
  const query = queryOf(words)
  const list = useCall(
    listCourseSubmissions,
    { params: { course_id: course.id }, query: { ...query, ...pages.query } },
    { refetch_ms: pages.number === 1 ? LOOK_AGAIN_MS : false, keep_previous: true },
  )
  const filter = (values: Record<string, string>): void => {
    pages.restart()
    change(values)
  }
  const assignments = course.modules
    .flatMap((module) => module.steps)
    .flatMap((step) => (step.assignment_id === null ? [] : [{ value: step.assignment_id, label: step.title }]))
  const isFiltered = Object.keys(query).length > 0
  const rows = list.data?.submissions ?? []
  const next = list.data?.next_cursor ?? null
  return (
    <Stack gap="md">
      <Group gap="sm" align="flex-end">
        <NativeSelect
          label="Assignment"
          data={[{ value: '', label: 'All' }, ...assignments]}
          value={words.assignment ?? ''}
          onChange={(e) => filter({ assignment: e.currentTarget.value, question: '' })}
          maw={260}
        />
        <NativeSelect
          label="Verdict"
          data={[
            { value: '', label: 'Any' },
            ...verdicts.filter((v) => v !== 'skipped' && v !== 'internal_error').map((v) => ({ value: v, label: verdictLooks[v].word })),
          ]}
          value={words.verdict ?? ''}
          onChange={(e) => filter({ verdict: e.currentTarget.value })}
        />
        <NativeSelect
          label="State"
          data={[
            { value: '', label: 'Any' },
            ...gradingState.options.map((s) => ({ value: s, label: s === 'needs_staff' ? 'Needs you' : stateLooks[s].word })),
          ]}
          value={words.state ?? ''}
          onChange={(e) => filter({ state: e.currentTarget.value })}
        />
        <SearchField label="Student" placeholder="Name or e-mail" value={words.search ?? ''} onChange={(search) => filter({ search })} />
      </Group>
      {isFiltered && (
        <Group gap="xs">
          <Chips words={words} rows={rows} onDrop={(word) => filter({ [word]: '' })} />
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() => filter({ assignment: '', verdict: '', state: '', search: '', learner: '', question: '' })}
          >
            Clear the filters
          </Button>
        </Group>
      )}
      {list.isPending && <LoadingState shape="rows" rows={12} />}
      {list.isError && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.data !== undefined && rows.length === 0 && (
        <EmptyState icon={IconInbox} title={isFiltered ? 'Nothing fits these filters' : 'Nobody has handed in yet'}>
          {isFiltered ? 'Take a filter away to see more.' : 'Hand-ins will stand here the moment they arrive, with their verdict and points.'}
        </EmptyState>
      )}
      {rows.length > 0 && <SubmissionsTable course={course} rows={rows} />}
      {(rows.length > 0 || pages.number > 1) && <Pager pages={pages} next={next} count={rows.length} noun={{ one: 'hand-in', many: 'hand-ins' }} />}
    </Stack>
  )
}

/** The filters that have no field above: one student, one question. Names come from what is shown. */
function Chips({ words, rows, onDrop }: { words: Record<string, string>; rows: readonly Row[]; onDrop: (word: string) => void }) {
  const learner = rows.find((row) => row.learner.id === words.learner)?.learner.display_name
  const question = rows.find((row) => row.assignment_question_id === words.question)
  const chips: [string, string, string][] = []
  if (words.learner !== undefined) chips.push(['learner', 'Student', learner ?? 'one student'])
  if (words.question !== undefined)
    chips.push(['question', 'Question', question === undefined ? 'one question' : `${question.question_title}, ${question.assignment_title}`])
  return chips.map(([word, label, name]) => (
    <Pill
      key={word}
      size="md"
      withRemoveButton
      onRemove={() => onDrop(word)}
      removeButtonProps={{ 'aria-label': `Show every ${label.toLowerCase()}`, tabIndex: 0, 'aria-hidden': undefined }}
    >
      {label}: <bdi>{name}</bdi>
    </Pill>
  ))
}
