import { createQuestion, listQuestions } from '@gradus/contract/questions'
import { Button, Input, SimpleGrid, Stack, Table, Tabs, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { ReactNode } from 'react'
import { useChange } from '../api/calls.ts'
import { useUser } from '../api/session.ts'
import { useGo, useSearchWords } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { mayIn, useCourse } from '../courses/use-course.ts'
import { limitsText } from '../hand-in/file-limits.ts'
import { paths } from '../paths.ts'
import { CodeEditor } from '../ui/CodeEditor.tsx'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { languageNames } from '../ui/languages.ts'
import { pointsText } from '../ui/Points.tsx'
import { draftOf, externalOf, fileOf, type QuestionDraft, type TestedKind } from './question-draft.ts'
import { QuestionPreview } from './StatementTab.tsx'
import { spareSlug } from './slug.ts'
import classes from './Teach.module.css'
import { testWords } from './TestRow.tsx'
import type { Question, Version } from './use-author.ts'
import { VersionsTab } from './VersionsTab.tsx'

const tabs = ['statement', 'code', 'tests', 'versions'] as const
const labels = { statement: 'Statement', code: 'Code', tests: 'Tests', versions: 'Versions' } as const

/** A colleague's question: everything of its newest published version to read, and a copy of one's own to change. */
export function ReaderPage({ question, version }: { question: Question; version: Version }) {
  const course = useCourse()
  const user = useUser()
  const go = useGo()
  const [words, changeWords] = useSearchWords()
  const tab = tabs.find((each) => each === words.tab && (each !== 'code' || version.kind !== 'file')) ?? 'statement'
  const copy = useChange(createQuestion, [listQuestions])
  const draft = draftOf(version.content)
  const take = async (): Promise<void> => {
    const made = await copy.mutateAsync({ body: { slug: spareSlug(question.slug.slice(0, 59)), content: version.content } })
    notifications.show({ color: 'green', message: 'This copy is yours. Assignments go on asking the original.' })
    go(paths.teachQuestion(course.slug, made.id))
  }
  return (
    <Page width="wide">
      <PageHead
        title={question.title}
        crumbs={[{ label: course.title, to: paths.teach(course.slug) }, { label: 'Questions', to: paths.questions() }, { label: question.slug }]}
        actions={
          user.is_creator ? (
            <Button variant="default" loading={copy.isPending} onClick={() => void take().catch(() => undefined)}>
              Make a copy of my own
            </Button>
          ) : undefined
        }
      />
      <Text size="sm" c="dimmed" mb="sm">
        <bdi>{question.owner_name}</bdi> owns this question. You read version {version.number}
        {mayIn(course, 'course.edit') ? ', and can place it in your assignments' : ''}.
      </Text>
      <ErrorLine error={copy.error} />
      <Tabs value={tab} onChange={(next) => changeWords({ tab: next })} keepMounted={false}>
        <Tabs.List mb="md" className={classes.tabList}>
          {tabs
            .filter((each) => each !== 'code' || draft.kind !== 'file')
            .map((each) => (
              <Tabs.Tab key={each} value={each}>
                {labels[each]}
              </Tabs.Tab>
            ))}
        </Tabs.List>
        <Tabs.Panel value={tab}>
          {tab === 'statement' && <QuestionPreview draft={draft} />}
          {tab === 'code' && <Code draft={draft} />}
          {tab === 'tests' && <Judged draft={draft} />}
          {tab === 'versions' && <VersionsTab question={question} />}
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

function Code({ draft }: { draft: QuestionDraft }) {
  return (
    <Stack gap="lg">
      {draft.offered.map((language) => {
        const part = draft.parts[language]!
        const name = languageNames[language]
        const shown: [string, string][] = [
          [`Starter in ${name}`, part.starter],
          [`Reference solution in ${name}`, part.reference],
        ]
        if (draft.kind === 'unit') shown.push([`Test file in ${name}`, part.test_file])
        return (
          <section key={language} aria-labelledby={`code-${language}`}>
            <Title order={2} size="h3" id={`code-${language}`} mb={8}>
              {name}
            </Title>
            <SimpleGrid cols={{ base: 1, md: 2 }}>
              {shown.map(([label, code]) => (
                <Stack key={label} gap={4}>
                  <Input.Label labelElement="div">{label}</Input.Label>
                  <CodeEditor value={code} language={language} label={label} height="280px" is_read_only />
                </Stack>
              ))}
            </SimpleGrid>
          </section>
        )
      })}
    </Stack>
  )
}

function Judged({ draft }: { draft: QuestionDraft }) {
  if (draft.kind === 'external') return <External draft={draft} />
  return draft.kind === 'file' ? <TakesFile draft={draft} /> : <Tests draft={draft} kind={draft.kind} />
}

function TakesFile({ draft }: { draft: QuestionDraft }) {
  const { test, ...limits } = fileOf(draft)
  return (
    <Table className={classes.rows} variant="vertical">
      <Table.Tbody>
        <Fact name="Takes">{limitsText(limits)}</Fact>
        <Fact name="Points">{pointsText(test.points)}, given by people</Fact>
        <Fact name="Told to those who grade">{test.input === '' ? 'Nothing' : <Shown text={test.input} />}</Fact>
      </Table.Tbody>
    </Table>
  )
}

function External({ draft }: { draft: QuestionDraft }) {
  const { queue, test } = externalOf(draft)
  return (
    <Table className={classes.rows} variant="vertical">
      <Table.Tbody>
        <Fact name="Queue">
          <span className="mono">{queue}</span>
        </Fact>
        <Fact name="Points">{pointsText(test.points)}</Fact>
        <Fact name="Students">{test.is_hidden ? 'see the points alone' : 'see what the grader says, and may try without an attempt'}</Fact>
        <Fact name="Told to the grader">{test.input === '' ? 'Nothing' : <Shown text={test.input} />}</Fact>
      </Table.Tbody>
    </Table>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th w={180}>{name}</Table.Th>
      <Table.Td>{children}</Table.Td>
    </Table.Tr>
  )
}

function Tests({ draft, kind }: { draft: QuestionDraft; kind: TestedKind }) {
  const word = testWords[kind]
  return (
    <Table className={classes.rows}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Test</Table.Th>
          <Table.Th>{word.column}</Table.Th>
          {word.expected !== null && <Table.Th>Expected</Table.Th>}
          <Table.Th>Students</Table.Th>
          <Table.Th className={classes.number}>Points</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {draft.tests.map((test) => (
          <Table.Tr key={test.key}>
            <Table.Td>
              <bdi>{test.name}</bdi>
            </Table.Td>
            <Table.Td data-label={word.column}>
              <Shown text={test.input} />
            </Table.Td>
            {word.expected !== null && (
              <Table.Td data-label="Expected">
                <Shown text={test.expected} />
              </Table.Td>
            )}
            <Table.Td data-label="Students">{test.is_hidden ? 'hidden' : 'visible'}</Table.Td>
            <Table.Td data-label="Points" className={classes.number}>
              {pointsText(test.points)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

const SHOWN = 1_000

function Shown({ text }: { text: string }) {
  return <span className={`mono ${classes.lines}`}>{text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}</span>
}
