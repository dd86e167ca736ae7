import { Input, SegmentedControl, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type Dispatch, type ReactNode, type SetStateAction, useDeferredValue } from 'react'
import { Statement } from '../submissions/Statement.tsx'
import { CodeEditor } from '../ui/CodeEditor.tsx'
import { previewQuestion } from './preview-question.ts'
import { type DraftProblems, type Kind, type QuestionDraft, withKind } from './question-draft.ts'
import classes from './Teach.module.css'

export interface TabProps {
  draft: QuestionDraft
  problems: DraftProblems
  setDraft: Dispatch<SetStateAction<QuestionDraft>>
}

const meaning: Record<Kind, string> = {
  io: 'The program reads input and prints output. Any language.',
  function:
    'Tests call one function with arguments. Expected values stay outside the student’s process, so they cannot be read or forged. Python and JavaScript.',
  unit: 'Your test file runs beside the student’s code and trusts it: a student who tries can fake a pass. Python and JavaScript.',
  external: 'A grader of your own, on a machine of its own, takes the code from a queue and answers with points and a message. Any language.',
  file: 'Students hand in a file, such as a PDF. People look at it and give the points; nothing is run.',
}

/** Title, kind and statement, with what students will see beside it. */
export function StatementTab({ draft, problems, setDraft, children }: TabProps & { children: ReactNode }) {
  const put = (part: Partial<QuestionDraft>): void => setDraft((before) => ({ ...before, ...part }))
  // Five names side by side need the room of a tablet held upright.
  const isPhone = useMediaQuery('(max-width: 51.99em)', undefined, { getInitialValueInEffect: false }) ?? false
  return (
    <Stack gap="md">
      <TextInput
        label="Title"
        required
        maxLength={200}
        dir="auto"
        value={draft.title}
        onChange={(e) => put({ title: e.currentTarget.value })}
        error={problems.title}
        maw={560}
      />
      {children}
      <Stack gap={4}>
        <Input.Label labelElement="div" id="question-kind">
          Kind
        </Input.Label>
        <div>
          <SegmentedControl
            aria-labelledby="question-kind"
            orientation={isPhone ? 'vertical' : 'horizontal'}
            value={draft.kind}
            onChange={(kind) => setDraft((before) => withKind(before, kind as Kind))}
            data={[
              { value: 'io', label: 'Input and output' },
              { value: 'function', label: 'Function' },
              { value: 'unit', label: 'Unit tests' },
              { value: 'external', label: 'External grader' },
              { value: 'file', label: 'A file, graded by people' },
            ]}
          />
        </div>
        <Text size="sm" c="dimmed" role="status">
          {meaning[draft.kind]}
        </Text>
      </Stack>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Stack gap={4}>
          <Input.Label labelElement="div">Statement in Markdown</Input.Label>
          <CodeEditor
            value={draft.statement_markdown}
            onChange={(statement_markdown) => put({ statement_markdown })}
            language="markdown"
            label="Statement in Markdown"
            height="50vh"
          />
        </Stack>
        <Stack gap={4}>
          <Input.Label labelElement="div">What students see</Input.Label>
          <QuestionPreview draft={draft} />
        </Stack>
      </SimpleGrid>
    </Stack>
  )
}

/** The left half of the student's page, from the draft as it stands. */
export function QuestionPreview({ draft }: { draft: QuestionDraft }) {
  const shown = useDeferredValue(draft)
  return (
    <div className={`${classes.preview} ${classes.editing}`}>
      {shown.statement_markdown.trim() === '' ? (
        <Text size="sm" c="dimmed" p="md">
          {shown.kind === 'file'
            ? 'Say what the file must hold, and how it is graded.'
            : 'Say what the program must do, and give an example. Visible tests stand below the statement as examples.'}
        </Text>
      ) : (
        <Statement question={previewQuestion(shown)} instructions="" />
      )}
    </div>
  )
}
