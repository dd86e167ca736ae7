import {
  Badge,
  Button,
  Checkbox,
  Group,
  Modal,
  NumberInput,
  Paper,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
  UnstyledButton,
} from '@mantine/core'
import { IconChevronDown, IconChevronRight, IconPlus, IconTablePlus } from '@tabler/icons-react'
import { useState } from 'react'
import { pointsText } from '../ui/Points.tsx'
import { type DraftProblems, type DraftTest, type Kind, newTest, testsFromRows } from './question-draft.ts'
import type { TabProps } from './StatementTab.tsx'

const words: Record<Kind, { input: string; expected: string | null; hint: string }> = {
  io: { input: 'Input', expected: 'Expected output', hint: 'A last line break belongs to the output of most programs.' },
  function: { input: 'Arguments as a JSON array', expected: 'Expected value as JSON', hint: 'For example [2, "abc"] and 7.' },
  unit: { input: 'Name of the test in the test file', expected: null, hint: 'For example test_empty_list.' },
}

/** The tests: what goes in, what must come out, points, and whether students see them. */
export function TestsTab({ draft, problems, onChange }: TabProps) {
  const [open, setOpen] = useState<string | null>(draft.tests.length === 1 ? draft.tests[0]!.key : null)
  const [isPasting, setIsPasting] = useState(false)
  const total = draft.tests.reduce((sum, test) => sum + test.points, 0)
  const put = (key: string, part: Partial<DraftTest>): void =>
    onChange({ tests: draft.tests.map((test) => (test.key === key ? { ...test, ...part } : test)) })
  const add = (): void => {
    const test = newTest(draft.tests)
    onChange({ tests: [...draft.tests, test] })
    setOpen(test.key)
  }
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {draft.tests.length === 1 ? '1 test' : `${draft.tests.length} tests`}, {pointsText(total)} points together. Students see the input and the
        expected outcome of visible tests, and only the verdict of hidden ones.
      </Text>
      {draft.tests.map((test, index) => (
        <TestCard
          key={test.key}
          kind={draft.kind}
          test={test}
          index={index}
          problems={problems}
          is_open={open === test.key}
          can_delete={draft.tests.length > 1}
          onToggle={() => setOpen(open === test.key ? null : test.key)}
          onChange={(part) => put(test.key, part)}
          onDelete={() => onChange({ tests: draft.tests.filter((each) => each.key !== test.key) })}
        />
      ))}
      <Group>
        <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>
          Add a test
        </Button>
        <Button variant="default" leftSection={<IconTablePlus size={16} aria-hidden />} onClick={() => setIsPasting(true)}>
          Paste rows from a spreadsheet
        </Button>
      </Group>
      <PasteRows
        is_open={isPasting}
        onClose={() => setIsPasting(false)}
        onRows={(text) => {
          onChange({ tests: [...draft.tests, ...testsFromRows(text, draft.tests)] })
          setIsPasting(false)
        }}
      />
    </Stack>
  )
}

interface CardProps {
  kind: Kind
  test: DraftTest
  index: number
  problems: DraftProblems
  is_open: boolean
  can_delete: boolean
  onToggle: () => void
  onChange: (part: Partial<DraftTest>) => void
  onDelete: () => void
}

function TestCard({ kind, test, index, problems, is_open, can_delete, onToggle, onChange, onDelete }: CardProps) {
  const Chevron = is_open ? IconChevronDown : IconChevronRight
  const word = words[kind]
  const hasProblem = Object.keys(problems).some((place) => place.startsWith(`tests.${index}.`))
  const preview = test.input.replaceAll('\n', '⏎')
  return (
    <Paper>
      <UnstyledButton w="100%" p="sm" onClick={onToggle} aria-expanded={is_open} aria-label={`Test ${index + 1}: ${test.name}`}>
        <Group gap="sm" wrap="nowrap" justify="space-between">
          <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}>
            <Chevron size={16} aria-hidden style={{ flexShrink: 0 }} />
            <Text fw={500} truncate dir="auto">
              {index + 1}. {test.name}
            </Text>
            {!is_open && (
              <Text size="xs" c="dimmed" className="mono" truncate>
                {preview}
                {word.expected === null ? '' : ` → ${test.expected.replaceAll('\n', '⏎')}`}
              </Text>
            )}
          </Group>
          <Group gap={6} wrap="nowrap">
            {hasProblem && (
              <Badge color="red" variant="light" tt="none" radius="sm">
                look here
              </Badge>
            )}
            <Badge color="gray" variant={test.is_hidden ? 'filled' : 'outline'} tt="none" radius="sm">
              {test.is_hidden ? 'Hidden' : 'Visible'}
            </Badge>
            <Text size="sm" className="tabular" style={{ whiteSpace: 'nowrap' }}>
              {pointsText(test.points)} p
            </Text>
          </Group>
        </Group>
      </UnstyledButton>
      {is_open && (
        <Stack gap="sm" p="sm" pt={0}>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput
              label="Name"
              value={test.name}
              maxLength={200}
              onChange={(e) => onChange({ name: e.currentTarget.value })}
              error={problems[`tests.${index}.name`]}
            />
            <Group gap="sm" align="flex-end">
              <NumberInput
                label="Points"
                w={100}
                min={0}
                max={99999}
                decimalScale={4}
                value={test.points}
                onChange={(value) => onChange({ points: Number(value) || 0 })}
              />
              <Checkbox
                label="Hidden from students"
                checked={test.is_hidden}
                onChange={(e) => onChange({ is_hidden: e.currentTarget.checked })}
                pb={8}
              />
            </Group>
          </SimpleGrid>
          <SimpleGrid cols={{ base: 1, sm: word.expected === null ? 1 : 2 }}>
            <Textarea
              label={word.input}
              description={word.hint}
              autosize
              minRows={kind === 'io' ? 3 : 1}
              maxRows={16}
              value={test.input}
              onChange={(e) => onChange({ input: e.currentTarget.value })}
              error={problems[`tests.${index}.input`]}
              classNames={{ input: 'mono' }}
              spellCheck={false}
            />
            {word.expected !== null && (
              <Textarea
                label={word.expected}
                description="Empty is fine: a try can fill it from the reference."
                autosize
                minRows={kind === 'io' ? 3 : 1}
                maxRows={16}
                value={test.expected}
                onChange={(e) => onChange({ expected: e.currentTarget.value })}
                error={problems[`tests.${index}.expected`]}
                classNames={{ input: 'mono' }}
                spellCheck={false}
              />
            )}
          </SimpleGrid>
          <Group gap="sm" align="flex-end" justify="space-between">
            <Group gap="sm">
              <NumberInput
                label="Time"
                suffix=" ms"
                w={130}
                min={50}
                max={60000}
                step={500}
                value={test.time_ms}
                onChange={(value) => onChange({ time_ms: Number(value) || 2000 })}
              />
              <NumberInput
                label="Memory"
                suffix=" MB"
                w={130}
                min={16}
                max={4096}
                step={64}
                value={test.memory_mb}
                onChange={(value) => onChange({ memory_mb: Number(value) || 256 })}
              />
              <NumberInput
                label="Output"
                suffix=" KB"
                w={130}
                min={1}
                max={16384}
                step={64}
                value={test.output_kb}
                onChange={(value) => onChange({ output_kb: Number(value) || 64 })}
              />
            </Group>
            <Button variant="subtle" color="red" size="compact-sm" disabled={!can_delete} onClick={onDelete}>
              Delete this test
            </Button>
          </Group>
        </Stack>
      )}
    </Paper>
  )
}

function PasteRows({ is_open, onClose, onRows }: { is_open: boolean; onClose: () => void; onRows: (text: string) => void }) {
  const [text, setText] = useState('')
  return (
    <Modal opened={is_open} onClose={onClose} title="Paste rows from a spreadsheet" size="lg" centered>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          One test a row, four columns: name, input, expected, points. Write \n for a new line inside a cell.
        </Text>
        <Textarea
          aria-label="Rows"
          autosize
          minRows={6}
          maxRows={16}
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
          classNames={{ input: 'mono' }}
          data-autofocus
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            disabled={text.trim() === ''}
            onClick={() => {
              onRows(text)
              setText('')
            }}
          >
            Add these tests
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
