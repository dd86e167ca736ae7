import { Button, Group, Stack, Text } from '@mantine/core'
import { IconArrowBackUp, IconPlus, IconTablePlus } from '@tabler/icons-react'
import { useCallback, useState } from 'react'
import { pointsText } from '../ui/Points.tsx'
import { ExternalFields } from './ExternalFields.tsx'
import { FileFields } from './FileFields.tsx'
import { useFocusLater } from './focus.ts'
import { moved } from './order.ts'
import { PasteRows } from './PasteRows.tsx'
import { type DraftTest, freshKey, MAX_TESTS, newTest, type TestedKind } from './question-draft.ts'
import type { TabProps } from './StatementTab.tsx'
import classes from './Teach.module.css'
import { type TestChange, TestRow, testWords } from './TestRow.tsx'

/** How the question is judged: its tests, or who judges it elsewhere. */
export function TestsTab(props: TabProps) {
  const { kind } = props.draft
  if (kind === 'external') return <ExternalFields {...props} />
  if (kind === 'file') return <FileFields {...props} />
  return <TestTable {...props} kind={kind} />
}

/** The tests as a table; one at a time opens to be written. */
function TestTable({ draft, problems, setDraft, kind }: TabProps & { kind: TestedKind }) {
  const [open, setOpen] = useState<string | null>(draft.tests.length === 1 ? draft.tests[0]!.key : null)
  const [isPasting, setIsPasting] = useState(false)
  const [deleted, setDeleted] = useState<{ test: DraftTest; at: number } | null>(null)
  const [pressed, setPressed] = useState<{ key: string; by: -1 | 1 } | null>(null)
  const focusLater = useFocusLater()
  const total = draft.tests.reduce((sum, test) => sum + test.points, 0)
  const isFull = draft.tests.length >= MAX_TESTS
  const word = testWords[kind]

  const put = (tests: DraftTest[]): void => setDraft((before) => ({ ...before, tests }))
  const add = (test: DraftTest, at: number): void => {
    put(draft.tests.toSpliced(at, 0, test))
    setOpen(test.key)
    focusLater(`test-name-${test.key}`)
  }
  /** One for all rows, so that a key pressed in one test leaves the other 199 as they are. */
  const change = useCallback(
    (key: string, what: TestChange): void => {
      setPressed(what.kind === 'move' ? { key, by: what.by } : null)
      if (what.kind === 'toggle') {
        setOpen((before) => (before === key ? null : key))
        return
      }
      setDraft((before) => {
        const at = before.tests.findIndex((test) => test.key === key)
        const test = before.tests[at]
        if (test === undefined) return before
        if (what.kind === 'fields') return { ...before, tests: before.tests.with(at, { ...test, ...what.fields }) }
        if (what.kind === 'move') return { ...before, tests: moved(before.tests, at, what.by) }
        const { time_ms, memory_mb, output_kb } = test
        return { ...before, tests: before.tests.map((each) => ({ ...each, time_ms, memory_mb, output_kb })) }
      })
    },
    [setDraft],
  )
  const remove = useCallback(
    (test: DraftTest, at: number): void => {
      setDraft((before) => ({ ...before, tests: before.tests.filter((each) => each.key !== test.key) }))
      setDeleted({ test, at })
      focusLater('undo-delete')
    },
    [setDraft, focusLater],
  )
  const copy = (test: DraftTest, at: number): void => add({ ...test, key: freshKey(draft.tests), name: `${test.name} (copy)`.slice(0, 200) }, at + 1)

  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {draft.tests.length === 1 ? '1 test' : `${draft.tests.length} tests`}, {pointsText(total)} {total === 1 ? 'point' : 'points'} together.
        Students see input and expected outcome of visible tests, and only the verdict of hidden ones.
      </Text>
      <div>
        <div className={`${classes.testRow} ${classes.testHead}`} aria-hidden>
          <span />
          <span>#</span>
          <span>Name</span>
          <span>{word.column}</span>
          <span>{word.expected === null ? '' : 'Expected'}</span>
          <span>Students</span>
          <span className={classes.number}>Points</span>
          <span>Limits</span>
        </div>
        <ol className={classes.tests}>
          {draft.tests.map((test, index) => (
            <TestRow
              key={test.key}
              kind={kind}
              test={test}
              index={index}
              count={draft.tests.length}
              name_problem={problems[`tests.${index}.name`]}
              input_problem={problems[`tests.${index}.input`]}
              expected_problem={problems[`tests.${index}.expected`]}
              is_open={open === test.key}
              moved={pressed?.key === test.key ? pressed : null}
              onChange={change}
              onDelete={remove}
              onCopy={open === test.key && !isFull ? copy : null}
            />
          ))}
        </ol>
      </div>
      <div role="status">
        {deleted !== null && (
          <Group gap="xs">
            <Text size="sm">
              “<bdi>{deleted.test.name}</bdi>” is deleted.
            </Text>
            <Button
              id="undo-delete"
              size="compact-sm"
              variant="default"
              leftSection={<IconArrowBackUp size={14} aria-hidden />}
              onClick={() => {
                put(draft.tests.toSpliced(deleted.at, 0, deleted.test))
                focusLater(`test-${deleted.test.key}`)
                setDeleted(null)
              }}
            >
              Bring it back
            </Button>
          </Group>
        )}
      </div>
      <Group>
        <Button
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          disabled={isFull}
          onClick={() => add(newTest(draft.tests), draft.tests.length)}
        >
          Add a test
        </Button>
        <Button variant="default" leftSection={<IconTablePlus size={16} aria-hidden />} disabled={isFull} onClick={() => setIsPasting(true)}>
          Paste rows from a spreadsheet
        </Button>
        {isFull && (
          <Text size="sm" c="dimmed">
            A question holds at most {MAX_TESTS} tests.
          </Text>
        )}
      </Group>
      <PasteRows is_open={isPasting} tests={draft.tests} kind={kind} onClose={() => setIsPasting(false)} onTests={put} />
    </Stack>
  )
}
