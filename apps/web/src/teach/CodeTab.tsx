import { type Language, languages } from '@gradus/contract/words'
import { Button, Checkbox, Group, Input, NativeSelect, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core'
import { CodeEditor } from '../ui/CodeEditor.tsx'
import { languageNames } from '../ui/languages.ts'
import { NumberField } from './NumberField.tsx'
import { type DraftComparator, type DraftPart, emptyPart, languagesOf, type QuestionDraft } from './question-draft.ts'
import type { TabProps } from './StatementTab.tsx'

const compiled: readonly Language[] = ['c', 'cpp']

/** Per language the starter students begin with and the reference that must pass; and how outcomes are compared. */
export function CodeTab({ draft, problems, setDraft }: TabProps) {
  const offered = languages.filter((language) => draft.offered.includes(language))
  const put = (part: Partial<QuestionDraft>): void => setDraft((before) => ({ ...before, ...part }))
  const changePart = (language: Language, part: Partial<DraftPart>): void =>
    setDraft((before) => ({ ...before, parts: { ...before.parts, [language]: { ...(before.parts[language] ?? emptyPart), ...part } } }))
  const offer = (language: Language, is_on: boolean): void =>
    setDraft((before) => ({ ...before, offered: languages.filter((each) => (each === language ? is_on : before.offered.includes(each))) }))
  const isExternal = draft.kind === 'external'
  return (
    <Stack gap="lg">
      {draft.kind === 'function' && (
        <TextInput
          label="Name of the function"
          description="Tests call it with their arguments; it must be at the top level of the program."
          value={draft.function_name}
          onChange={(e) => put({ function_name: e.currentTarget.value })}
          error={problems.function_name}
          maw={360}
          classNames={{ input: 'mono' }}
        />
      )}
      {draft.kind !== 'unit' && !isExternal && (
        <ComparatorFields draft={draft} onChange={(comparator) => put({ comparator: { ...draft.comparator, ...comparator } })} />
      )}
      <Checkbox.Group label="Languages students may use" value={offered}>
        <Group gap="md" mt={6}>
          {languagesOf(draft.kind).map((language) => (
            <Checkbox
              key={language}
              value={language}
              label={languageNames[language]}
              disabled={offered.length === 1 && offered[0] === language}
              onChange={(e) => offer(language, e.currentTarget.checked)}
            />
          ))}
        </Group>
      </Checkbox.Group>
      {offered.map((language) => {
        const part = draft.parts[language] ?? emptyPart
        const name = languageNames[language]
        return (
          <section key={language} aria-labelledby={`code-${language}`}>
            <Title order={2} size="h3" id={`code-${language}`} mb={8}>
              {name}
            </Title>
            <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
              <Field
                label={`Starter in ${name}`}
                hint={
                  isExternal
                    ? 'What students begin with. The grader must not take it for right.'
                    : 'What students begin with. It must fail at least one test.'
                }
                value={part.starter}
                language={language}
                onChange={(starter) => changePart(language, { starter })}
              />
              <Field
                label={`Reference solution in ${name}`}
                hint={isExternal ? 'The grader must take it for right. Students never see it.' : 'Must pass every test. Students never see it.'}
                value={part.reference}
                language={language}
                onChange={(reference) => changePart(language, { reference })}
              />
              {draft.kind === 'unit' && (
                <Field
                  label={`Test file in ${name}`}
                  hint={
                    language === 'python'
                      ? 'Functions named test_… that use assert and import solution.'
                      : "Calls test('name', () => …) and require('./solution.js')."
                  }
                  value={part.test_file}
                  language={language}
                  onChange={(test_file) => changePart(language, { test_file })}
                />
              )}
            </SimpleGrid>
            {compiled.includes(language) && !isExternal && (
              <TextInput
                mt="sm"
                label={`Compiler flags for ${name}`}
                description="Added to those every program is compiled with"
                placeholder="-Wall -Wextra"
                value={part.compiler_flags}
                onChange={(e) => changePart(language, { compiler_flags: e.currentTarget.value })}
                maw={480}
                classNames={{ input: 'mono' }}
              />
            )}
            {part.starter === '' && part.reference !== '' && (
              <Button size="compact-sm" variant="subtle" mt={6} onClick={() => changePart(language, { starter: part.reference })}>
                Copy the reference into the starter
              </Button>
            )}
          </section>
        )
      })}
    </Stack>
  )
}

function Field({
  label,
  hint,
  value,
  language,
  onChange,
}: {
  label: string
  hint: string
  value: string
  language: Language
  onChange: (value: string) => void
}) {
  return (
    <Stack gap={4}>
      <Input.Label labelElement="div">{label}</Input.Label>
      <Text size="xs" c="dimmed">
        {hint}
      </Text>
      <CodeEditor value={value} onChange={onChange} language={language} label={label} height="280px" />
    </Stack>
  )
}

const ioComparators = [
  { value: 'exact', label: 'Exactly equal' },
  { value: 'tokens', label: 'Equal words, white space does not matter' },
  { value: 'float', label: 'Numbers within a tolerance' },
  { value: 'checker', label: 'A checker program decides' },
]
const valueComparators = [
  { value: 'equal', label: 'Equal values' },
  { value: 'float', label: 'Numbers within a tolerance' },
]

function ComparatorFields({ draft, onChange }: { draft: QuestionDraft; onChange: (part: Partial<DraftComparator>) => void }) {
  const { comparator } = draft
  return (
    <Stack gap="sm">
      <NativeSelect
        label="How outcomes are compared"
        data={draft.kind === 'function' ? valueComparators : ioComparators}
        value={comparator.kind}
        onChange={(e) => onChange({ kind: e.currentTarget.value as DraftComparator['kind'] })}
        maw={420}
      />
      {comparator.kind === 'tokens' && (
        <Checkbox
          label="Capital letters do not matter"
          checked={comparator.ignore_case}
          onChange={(e) => onChange({ ignore_case: e.currentTarget.checked })}
        />
      )}
      {comparator.kind === 'float' && (
        <Group gap="sm">
          <NumberField
            label="Absolute tolerance"
            description="0.01 accepts 3.14 for 3.15"
            value={comparator.absolute}
            min={0}
            max={1_000_000}
            step={0.001}
            onChange={(absolute) => onChange({ absolute })}
          />
          <NumberField
            label="Relative tolerance"
            description="A share of the number: 0.01 is 1 %"
            value={comparator.relative}
            min={0}
            max={1}
            step={0.001}
            onChange={(relative) => onChange({ relative })}
          />
        </Group>
      )}
      {comparator.kind === 'checker' && (
        <Stack gap={4}>
          <NativeSelect
            label="Language of the checker"
            data={languages.map((language) => ({ value: language, label: languageNames[language] }))}
            value={comparator.checker_language}
            onChange={(e) => onChange({ checker_language: e.currentTarget.value as Language })}
            maw={240}
          />
          <Field
            label="Checker program"
            hint="Reads input.txt, expected.txt and output.txt. Exit code 0 accepts, 1 rejects, 2 says the spacing differs; what it prints is shown."
            value={comparator.checker_source}
            language={comparator.checker_language}
            onChange={(checker_source) => onChange({ checker_source })}
          />
        </Stack>
      )}
    </Stack>
  )
}
