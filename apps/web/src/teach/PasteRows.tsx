import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { testsFromRows } from './pasted-rows.ts'
import { type DraftTest, MAX_TESTS, type TestedKind } from './question-draft.ts'

interface Props {
  is_open: boolean
  tests: DraftTest[]
  kind: TestedKind
  onClose: () => void
  onTests: (tests: DraftTest[]) => void
}

const columns: Record<TestedKind, string> = {
  io: 'name, input, expected output, points',
  function: 'name, arguments, expected value, points',
  unit: 'name, name of the test in the test file, nothing, points',
}

/** Makes tests of rows copied from a spreadsheet, and says how many before it does. */
export function PasteRows({ is_open, tests, kind, onClose, onTests }: Props) {
  const [text, setText] = useState('')
  const made = testsFromRows(text, tests)
  const isTooMany = tests.length + made.length > MAX_TESTS
  const rows = made.length === 1 ? '1 test' : `${made.length} tests`
  return (
    <Modal opened={is_open} onClose={onClose} title="Paste rows from a spreadsheet" size="lg" centered>
      <Stack gap="sm">
        <Text size="sm">
          One test a row, columns: {columns[kind]}. Only the first two are needed. A cell may hold several lines; \n stands for a new line too.
        </Text>
        <Textarea
          aria-label="Rows"
          autosize
          minRows={6}
          maxRows={16}
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
          classNames={{ input: 'mono' }}
          spellCheck={false}
          data-autofocus
        />
        <Text size="sm" c={isTooMany ? 'var(--mantine-color-error)' : 'dimmed'} role="status" mih={20}>
          {isTooMany
            ? `These ${made.length} and the ${tests.length} there make more than the ${MAX_TESTS} a question holds.`
            : made.length > 0
              ? `${rows}; the first is “${made[0]!.name}”.`
              : ''}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            disabled={made.length === 0 || isTooMany}
            onClick={() => {
              onTests([...tests, ...made])
              setText('')
              onClose()
            }}
          >
            {made.length === 0 ? 'Add these tests' : `Add ${rows}`}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
