import { Badge, Button, Checkbox, Group, SimpleGrid, Text, Textarea, TextInput } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { memo } from 'react'
import { pointsText } from '../ui/Points.tsx'
import { MoveButtons, type Moved } from './MoveButtons.tsx'
import { NumberField } from './NumberField.tsx'
import type { DraftTest, TestedKind } from './question-draft.ts'
import classes from './Teach.module.css'

/** What the fields of a test are called, by the question's kind. */
export const testWords: Record<TestedKind, { column: string; input: string; expected: string | null; hint: string }> = {
  io: { column: 'Input', input: 'Input', expected: 'Expected output', hint: 'What the program reads. A last line break belongs to it.' },
  function: { column: 'Arguments', input: 'Arguments as a JSON array', expected: 'Expected value as JSON', hint: 'For example [2, "abc"].' },
  unit: { column: 'Test', input: 'Name of the test in the test file', expected: null, hint: 'For example test_empty_list.' },
}

export type TestChange =
  | { kind: 'toggle' }
  | { kind: 'fields'; fields: Partial<DraftTest> }
  | { kind: 'move'; by: -1 | 1 }
  /** These limits for every test. */
  | { kind: 'limits' }

interface Props {
  kind: TestedKind
  test: DraftTest
  index: number
  count: number
  name_problem: string | undefined
  input_problem: string | undefined
  expected_problem: string | undefined
  is_open: boolean
  moved: Moved | null
  onChange: (key: string, what: TestChange) => void
  onDelete: (test: DraftTest, at: number) => void
  /** Null where the question is full, or the test is not open. */
  onCopy: ((test: DraftTest, at: number) => void) | null
}

const inOneLine = (text: string): string => text.slice(0, 200).replaceAll('\n', '⏎')

/** One test: a line of the table, and below it its fields while it is open. */
export const TestRow = memo(function TestRow(props: Props) {
  const { kind, test, index, is_open, name_problem, input_problem, expected_problem, onChange } = props
  const Chevron = is_open ? IconChevronDown : IconChevronRight
  const hasProblem = (name_problem ?? input_problem ?? expected_problem) !== undefined
  return (
    <li className={classes.test}>
      <div className={classes.testRow}>
        <Chevron size={16} aria-hidden />
        <span className="tabular">{index + 1}</span>
        <button
          type="button"
          id={`test-${test.key}`}
          className={classes.testOpen}
          aria-expanded={is_open}
          title={test.name}
          onClick={() => onChange(test.key, { kind: 'toggle' })}
        >
          <bdi>{test.name.trim() === '' ? 'Without a name' : test.name}</bdi>
          {hasProblem && (
            <Badge ml={6} size="xs" color="red" tt="none">
              look here
            </Badge>
          )}
        </button>
        <span className={`mono ${classes.cut}`} data-wide>
          {inOneLine(test.input)}
        </span>
        <span className={`mono ${classes.cut}`} data-wide>
          {kind === 'unit' ? '' : inOneLine(test.expected)}
        </span>
        <Badge color="gray" variant={test.is_hidden ? 'filled' : 'outline'} tt="none" radius="sm">
          {test.is_hidden ? 'Hidden' : 'Visible'}
        </Badge>
        <span className={classes.number}>
          {pointsText(test.points)} {test.points === 1 ? 'point' : 'points'}
        </span>
        <span className={`tabular ${classes.cut}`} data-wide>
          {test.time_ms} ms, {test.memory_mb} MB
        </span>
      </div>
      {is_open && <TestFields {...props} />}
    </li>
  )
})

function TestFields({ kind, test, index, count, name_problem, input_problem, expected_problem, moved, onChange, onDelete, onCopy }: Props) {
  const word = testWords[kind]
  const put = (fields: Partial<DraftTest>): void => onChange(test.key, { kind: 'fields', fields })
  const isText = kind === 'io'
  return (
    <div className={classes.testFields}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          id={`test-name-${test.key}`}
          label="Name"
          value={test.name}
          maxLength={200}
          dir="auto"
          onChange={(e) => put({ name: e.currentTarget.value })}
          error={name_problem}
        />
        <Group gap="sm" align="flex-end">
          <NumberField label="Points" w={110} min={0} max={99_999} decimalScale={4} value={test.points} onChange={(points) => put({ points })} />
          <Checkbox label="Hidden from students" checked={test.is_hidden} onChange={(e) => put({ is_hidden: e.currentTarget.checked })} pb={8} />
        </Group>
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, sm: word.expected === null ? 1 : 2 }}>
        <Textarea
          label={word.input}
          description={word.hint}
          autosize
          minRows={isText ? 3 : 1}
          maxRows={16}
          value={test.input}
          onChange={(e) => put({ input: e.currentTarget.value })}
          error={input_problem}
          classNames={{ input: 'mono' }}
          spellCheck={false}
        />
        {word.expected !== null && (
          <Textarea
            label={word.expected}
            description="May stay empty: after a try the reference can fill it in."
            autosize
            minRows={isText ? 3 : 1}
            maxRows={16}
            value={test.expected}
            onChange={(e) => put({ expected: e.currentTarget.value })}
            error={expected_problem}
            classNames={{ input: 'mono' }}
            spellCheck={false}
          />
        )}
      </SimpleGrid>
      <Group gap="sm" align="flex-end">
        <NumberField
          label="Time"
          suffix=" ms"
          w={130}
          min={50}
          max={60_000}
          step={500}
          value={test.time_ms}
          onChange={(time_ms) => put({ time_ms })}
          allowDecimal={false}
        />
        <NumberField
          label="Memory"
          suffix=" MB"
          w={130}
          min={16}
          max={4_096}
          step={64}
          value={test.memory_mb}
          onChange={(memory_mb) => put({ memory_mb })}
          allowDecimal={false}
        />
        <NumberField
          label="Output"
          suffix=" KB"
          w={130}
          min={1}
          max={16_384}
          step={64}
          value={test.output_kb}
          onChange={(output_kb) => put({ output_kb })}
          allowDecimal={false}
        />
        {count > 1 && (
          <Button variant="subtle" size="compact-sm" onClick={() => onChange(test.key, { kind: 'limits' })}>
            These limits for all {count} tests
          </Button>
        )}
      </Group>
      <Group gap={4}>
        {count > 1 && (
          <MoveButtons
            name={`test ${index + 1}`}
            is_first={index === 0}
            is_last={index === count - 1}
            moved={moved}
            onMove={(by) => onChange(test.key, { kind: 'move', by })}
          />
        )}
        {onCopy !== null && (
          <Button variant="subtle" size="compact-sm" onClick={() => onCopy(test, index)}>
            Copy this test
          </Button>
        )}
        {count > 1 ? (
          <Button variant="subtle" color="red" size="compact-sm" onClick={() => onDelete(test, index)}>
            Delete this test
          </Button>
        ) : (
          <Text size="sm" c="dimmed">
            A question needs at least one test.
          </Text>
        )}
      </Group>
    </div>
  )
}
