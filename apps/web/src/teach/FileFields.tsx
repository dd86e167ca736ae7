import { Stack, TagsInput, Textarea } from '@mantine/core'
import { typesIn } from '../exams/exam-form.ts'
import { bytesText } from '../ui/size.ts'
import { NumberField } from './NumberField.tsx'
import { type DraftFile, type DraftTest, fileOf } from './question-draft.ts'
import type { TabProps } from './StatementTab.tsx'

const MIB = 1_048_576

/** Which files a question takes, for how many points, and what people who grade them are told. */
export function FileFields({ draft, problems, setDraft }: TabProps) {
  const { max_bytes, allowed_types, test } = fileOf(draft)
  const put = (part: Partial<DraftFile>): void => setDraft((before) => ({ ...before, file: { ...fileOf(before), ...part } }))
  const putTest = (part: Partial<DraftTest>): void => put({ test: { ...test, ...part } })
  return (
    <Stack gap="lg" maw={720}>
      <NumberField
        label="Points"
        description="People give that many or fewer"
        value={test.points}
        min={0}
        max={99_999}
        step={1}
        decimalScale={4}
        maw={240}
        onChange={(points) => putTest({ points })}
      />
      <NumberField
        label="Largest file, in MiB"
        description={bytesText(max_bytes)}
        value={max_bytes / MIB}
        min={0.0001}
        max={1_024}
        decimalScale={4}
        maw={240}
        onChange={(mib) => put({ max_bytes: Math.max(1, Math.round(mib * MIB)) })}
        error={problems.max_bytes}
      />
      <TagsInput
        label="Types that are taken"
        description="Endings of names, such as pdf or zip. None: any type. The ending is what is looked at, not the content."
        placeholder={allowed_types.length === 0 ? 'pdf' : ''}
        value={allowed_types}
        onChange={(typed) => put({ allowed_types: typesIn(typed) })}
        splitChars={[',', ' ', ';']}
        maxTags={50}
        acceptValueOnBlur
        error={problems.allowed_types}
      />
      <Textarea
        label="Told to those who grade"
        description="What to look for and what it is worth; students do not see it"
        autosize
        minRows={3}
        maxRows={16}
        maxLength={10_000}
        dir="auto"
        value={test.input}
        onChange={(event) => putTest({ input: event.currentTarget.value })}
        error={problems['tests.0.input']}
      />
    </Stack>
  )
}
