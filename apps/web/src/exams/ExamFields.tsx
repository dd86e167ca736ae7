import { Checkbox, SimpleGrid, Stack, TagsInput, Text, Textarea, TextInput } from '@mantine/core'
import { NumberField } from '../teach/NumberField.tsx'
import { timesSentence } from '../teach/times-sentence.ts'
import { bytesText } from '../ui/size.ts'
import { duration } from '../ui/time.ts'
import { useNow } from '../ui/use-now.ts'
import { bounds, type ExamForm, timeFields, timesOf, typesIn, USUAL_UPLOADS } from './exam-form.ts'

interface Props {
  form: ExamForm
  zone: string
  problems: Record<string, string | undefined>
  onChange: (part: Partial<ExamForm>) => void
}

const timeLabels = {
  opens_at: ['Opens', 'Empty: at once'],
  due_at: ['Due', 'Files after it are marked late. Empty: never'],
  closes_at: ['Closes', 'Nothing is taken afterwards. Empty: never'],
} as const

/** When an exam takes files, which ones, and how long it keeps them. */
export function ExamFields({ form, zone, problems, onChange }: Props) {
  const now = useNow()
  const times = timesOf(form, zone)
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        {timeFields.map((name) => (
          <TextInput
            key={name}
            type="datetime-local"
            max="2999-12-31T23:59"
            label={timeLabels[name][0]}
            description={timeLabels[name][1]}
            value={form[name]}
            onChange={(event) => onChange({ [name]: event.currentTarget.value })}
            error={problems[name]}
          />
        ))}
      </SimpleGrid>
      <Text size="sm" c="dimmed">
        {timesSentence(times, now)} Times are typed in the exam’s zone, {zone}.
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Stack gap={6}>
          <NumberField
            label="Uploads for each candidate"
            description="The last one counts"
            value={form.max_uploads ?? USUAL_UPLOADS}
            min={1}
            max={bounds.max_uploads}
            allowDecimal={false}
            disabled={form.max_uploads === null}
            onChange={(max_uploads) => onChange({ max_uploads })}
            error={problems.max_uploads}
          />
          <Checkbox
            size="sm"
            label="As many as they like"
            checked={form.max_uploads === null}
            onChange={(event) => onChange({ max_uploads: event.currentTarget.checked ? null : USUAL_UPLOADS })}
          />
        </Stack>
        <NumberField
          label="Largest file, in MiB"
          description={bytesText(Math.max(1, Math.round(form.max_mib * 1_048_576)))}
          value={form.max_mib}
          min={0.0001}
          max={bounds.max_mib}
          decimalScale={4}
          onChange={(max_mib) => onChange({ max_mib })}
          error={problems.max_bytes}
        />
        <NumberField
          label="Files are kept for, in hours"
          description={`${duration(form.retention_hours * 3_600_000)} after each upload; rows and receipts stay`}
          value={form.retention_hours}
          min={1}
          max={bounds.retention_hours}
          decimalScale={4}
          onChange={(retention_hours) => onChange({ retention_hours })}
          error={problems.retention_seconds}
        />
      </SimpleGrid>
      <TagsInput
        label="Types that are taken"
        description="Endings of names, such as pdf or zip. None: any type. The ending is what is looked at, not the content."
        placeholder={form.allowed_types.length === 0 ? 'pdf' : ''}
        value={form.allowed_types}
        onChange={(typed) => onChange({ allowed_types: typesIn(typed) })}
        splitChars={[',', ' ', ';']}
        maxTags={50}
        acceptValueOnBlur
        error={problems.allowed_types}
        maw={560}
      />
      <NumberField
        label="Grace for slow lines, in minutes"
        description="Near the end a candidate’s page sends the file’s hash first; the same bytes are then taken for so long. 0: no grace"
        value={form.grace_minutes}
        min={0}
        max={bounds.grace_minutes}
        decimalScale={2}
        onChange={(grace_minutes) => onChange({ grace_minutes })}
        error={problems.hash_first_grace_seconds}
        maw={420}
      />
      <Textarea
        label="Instructions"
        description="Markdown; candidates see it above the upload"
        autosize
        minRows={2}
        maxRows={12}
        maxLength={100_000}
        value={form.instructions_markdown}
        onChange={(event) => onChange({ instructions_markdown: event.currentTarget.value })}
        error={problems.instructions_markdown}
      />
    </Stack>
  )
}
