import { SegmentedControl, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { CodeEditor } from '../ui/CodeEditor.tsx'
import { Markdown } from '../ui/Markdown.tsx'
import { type DraftProblems, type Kind, type QuestionDraft, withKind } from './question-draft.ts'

export interface TabProps {
  draft: QuestionDraft
  problems: DraftProblems
  onChange: (part: Partial<QuestionDraft>) => void
}

const meaning: Record<Kind, string> = {
  io: 'The program reads input and prints output. Any language.',
  function:
    'Tests call one function with arguments. Expected values stay outside the student’s process, so they cannot be read or forged. Python and JavaScript.',
  unit: 'Your test file runs beside the student’s code. It trusts the student’s code: a student who tries can fake a pass. Python and JavaScript.',
}

/** Title, kind and statement, with what students will see beside it. */
export function StatementTab({ draft, problems, onChange }: TabProps) {
  return (
    <Stack gap="md">
      <TextInput
        label="Title"
        required
        maxLength={200}
        value={draft.title}
        onChange={(e) => onChange({ title: e.currentTarget.value })}
        error={problems.title}
        maw={560}
      />
      <Stack gap={4}>
        <Text size="sm" fw={500} id="question-kind">
          Kind
        </Text>
        <div>
          <SegmentedControl
            aria-labelledby="question-kind"
            value={draft.kind}
            onChange={(kind) => onChange(withKind(draft, kind as Kind))}
            data={[
              { value: 'io', label: 'Input and output' },
              { value: 'function', label: 'Function' },
              { value: 'unit', label: 'Unit tests' },
            ]}
          />
        </div>
        <Text size="sm" c="dimmed">
          {meaning[draft.kind]}
        </Text>
      </Stack>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Stack gap={4}>
          <Text size="sm" fw={500}>
            Statement in Markdown
          </Text>
          <CodeEditor
            value={draft.statement_markdown}
            onChange={(statement_markdown) => onChange({ statement_markdown })}
            language="markdown"
            label="Statement in Markdown"
            height="50vh"
          />
        </Stack>
        <Stack gap={4}>
          <Text size="sm" fw={500}>
            What students see
          </Text>
          <div style={{ border: '1px solid var(--mantine-color-default-border)', borderRadius: 6, padding: 16, height: '50vh', overflow: 'auto' }}>
            <Markdown>{draft.statement_markdown === '' ? '*Say what the program must do, and give an example.*' : draft.statement_markdown}</Markdown>
          </div>
        </Stack>
      </SimpleGrid>
    </Stack>
  )
}
