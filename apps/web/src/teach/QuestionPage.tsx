import type { ReplyOf } from '@gradus/contract/endpoint'
import { createQuestion, getQuestion, getQuestionVersion, getTrial, listQuestions, saveDraft } from '@gradus/contract/questions'
import { Badge, Button, Group, Stack, Tabs, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { renew, useCall, useChange } from '../api/calls.ts'
import { fieldProblems, isProblem } from '../api/problem.ts'
import { useGo, useRouteParams, useSearchWords } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { useCourse } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { ErrorLine, ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { CodeTab } from './CodeTab.tsx'
import { contentOf, type DraftProblems, draftOf, emptyDraft, type QuestionDraft } from './question-draft.ts'
import { StatementTab } from './StatementTab.tsx'
import { slugFrom } from './slug.ts'
import { TestsTab } from './TestsTab.tsx'
import { TryTab } from './TryTab.tsx'
import { VersionsTab } from './VersionsTab.tsx'

type Question = ReplyOf<typeof getQuestion>
type Version = ReplyOf<typeof getQuestionVersion>

/** Writes a question: statement, code, tests, try, publish. */
export function QuestionPage() {
  const { question } = useRouteParams('question')
  return question === 'new' ? <Author question={null} version={null} /> : <ExistingQuestion key={question} question_id={question} />
}

function ExistingQuestion({ question_id }: { question_id: string }) {
  const question = useCall(getQuestion, { params: { question_id } })
  const newest = question.data?.versions[0]?.number
  const version = useCall(getQuestionVersion, { params: { question_id, number: newest ?? 1 } }, { is_enabled: newest !== undefined })
  const failed = question.error ?? version.error
  if (failed !== null) return <ErrorState error={failed} onRetry={() => void question.refetch()} />
  if (question.data === undefined || version.data === undefined) return <LoadingState />
  return <Author key={question_id} question={question.data} version={version.data} />
}

const tabs = ['statement', 'code', 'tests', 'try', 'versions'] as const
type Tab = (typeof tabs)[number]
const labels: Record<Tab, string> = { statement: '1 Statement', code: '2 Code', tests: '3 Tests', try: '4 Try and publish', versions: 'Versions' }
const tabOfProblem = (place: string): Tab => (place.startsWith('tests') ? 'tests' : place === 'function_name' ? 'code' : 'statement')

function Author({ question, version }: { question: Question | null; version: Version | null }) {
  const course = useCourse()
  const go = useGo()
  const [words, changeWords] = useSearchWords()
  const tab = tabs.find((each) => each === words.tab) ?? 'statement'
  const create = useChange(createQuestion, [listQuestions])
  const save = useChange(saveDraft, [getQuestion, getQuestionVersion, getTrial, listQuestions])
  const [draft, setDraft] = useState<QuestionDraft>(() => (version === null ? emptyDraft() : draftOf(version.content)))
  const [slug, setSlug] = useState<string | null>(null)
  const [problems, setProblems] = useState<DraftProblems>({})
  /** What the draft looked like when it was last saved, to tell whether anything is unsaved. */
  const [saved, setSaved] = useState(() => JSON.stringify(draft))
  const [base, setBase] = useState(version?.state === 'draft' ? version.content_sha256 : null)
  const isChanged = JSON.stringify(draft) !== saved || question === null
  const isMine = question === null || question.is_mine
  const change = (part: Partial<QuestionDraft>): void => setDraft((before) => ({ ...before, ...part }))
  const shown_slug = slug ?? slugFrom(draft.title)

  const store = async (): Promise<boolean> => {
    const made = contentOf(draft)
    if ('problems' in made) {
      setProblems(made.problems)
      changeWords({ tab: tabOfProblem(Object.keys(made.problems)[0]!) })
      return false
    }
    setProblems({})
    if (question === null) {
      const created = await create.mutateAsync({ body: { slug: shown_slug, content: made.content } })
      go(
        `${paths.teachQuestion(course.slug, created.id)}?${new URLSearchParams({ tab: 'try', ...(words.assignment === undefined ? {} : { assignment: words.assignment }) })}`,
        {
          replace: true,
        },
      )
      return true
    }
    const stored = await save.mutateAsync({ params: { question_id: question.id }, body: { content: made.content, base_sha256: base } })
    setBase(stored.content_sha256)
    setSaved(JSON.stringify(draft))
    notifications.show({ color: 'green', message: `The draft of version ${stored.number} is saved.` })
    return true
  }
  const quietly = (work: Promise<unknown>): void => void work.catch(() => undefined)
  const error = create.error ?? save.error
  const fields = fieldProblems(error)
  const title = question === null ? 'New question' : draft.title || 'Untitled question'

  return (
    <Page width="wide">
      <PageHead
        title={title}
        crumbs={[{ label: course.title, to: paths.course(course.slug) }, { label: 'Teach', to: paths.teach(course.slug) }, { label: title }]}
        aside={version !== null && <StateBadge version={version} is_changed={isChanged} />}
        actions={
          isMine ? (
            <>
              <Text size="sm" c="dimmed" aria-live="polite">
                {isChanged ? 'Not saved yet' : 'Saved'}
              </Text>
              <Button variant="default" loading={create.isPending || save.isPending} disabled={!isChanged} onClick={() => quietly(store())}>
                {question === null ? 'Save as a draft' : 'Save the draft'}
              </Button>
            </>
          ) : (
            <Text size="sm" c="dimmed">
              {question?.owner_name} owns this question; you can read and place it.
            </Text>
          )
        }
      />
      <Stack gap="md">
        <ErrorLine error={error} />
        {Object.entries(fields).map(([path, message]) => (
          <Text key={path} size="sm" c="var(--mantine-color-error)">
            <span className="mono">{path.replace(/^content\./, '')}</span>: {message}
          </Text>
        ))}
        {isProblem(error, 'draft_changed') && question !== null && (
          <Button
            variant="default"
            onClick={() => {
              quietly(renew(getQuestion, getQuestionVersion))
              window.location.reload()
            }}
          >
            Reload and drop my changes
          </Button>
        )}
        {question === null && (
          <TextInput
            label="Short name"
            description="How you find the question again; it cannot be changed later."
            value={shown_slug}
            onChange={(e) => setSlug(e.currentTarget.value)}
            error={fields.slug}
            maxLength={64}
            maw={420}
            classNames={{ input: 'mono' }}
          />
        )}
        <Tabs value={tab} onChange={(next) => changeWords({ tab: next })} keepMounted={false}>
          <Tabs.List mb="md">
            {tabs.map((each) => (
              <Tabs.Tab key={each} value={each} disabled={question === null && (each === 'try' || each === 'versions')}>
                {labels[each]}
                {Object.keys(problems).some((place) => tabOfProblem(place) === each) && (
                  <Badge ml={6} size="xs" color="red" tt="none">
                    look here
                  </Badge>
                )}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value={tab}>
            {tab === 'statement' && <StatementTab draft={draft} problems={problems} onChange={change} />}
            {tab === 'code' && <CodeTab draft={draft} problems={problems} onChange={change} setDraft={setDraft} />}
            {tab === 'tests' && <TestsTab draft={draft} problems={problems} onChange={change} />}
            {tab === 'try' && question !== null && (
              <TryTab
                question_id={question.id}
                version={version}
                draft={draft}
                is_changed={isChanged}
                onSave={store}
                onTests={(tests) => change({ tests })}
                place_in={words.assignment ?? null}
                onPublished={() => setBase(null)}
              />
            )}
            {tab === 'versions' && question !== null && <VersionsTab question={question} />}
          </Tabs.Panel>
        </Tabs>
        {question === null && (
          <Group>
            <Text size="sm" c="dimmed">
              Save the draft to try it against your tests.
            </Text>
          </Group>
        )}
      </Stack>
    </Page>
  )
}

function StateBadge({ version, is_changed }: { version: Version; is_changed: boolean }) {
  const isDraft = version.state === 'draft'
  const number = isDraft ? version.number : is_changed ? version.number + 1 : version.number
  return (
    <Badge color={isDraft || is_changed ? 'gray' : 'green'} variant="light" tt="none" radius="sm">
      {isDraft || is_changed ? `Draft of version ${number}` : `Version ${number}, published`}
    </Badge>
  )
}
