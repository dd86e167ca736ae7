import { Badge, Button, Tabs, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { useGo, useSearchWords } from '../app/address.ts'
import { type Crumb, Page, PageHead } from '../app/PageHead.tsx'
import { useCourse } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { CodeTab } from './CodeTab.tsx'
import { DraftConflict } from './DraftConflict.tsx'
import { KeptNote } from './KeptNote.tsx'
import { type AuthorTab, authorTabs, tabOfPlace } from './problem-places.ts'
import { contentOf, type Kind } from './question-draft.ts'
import { SaveError } from './SaveError.tsx'
import { StatementTab } from './StatementTab.tsx'
import { slugFrom, spareSlug } from './slug.ts'
import classes from './Teach.module.css'
import { TestsTab } from './TestsTab.tsx'
import { TryTab } from './TryTab.tsx'
import { UnsavedGuard } from './UnsavedGuard.tsx'
import { type Question, useAuthor, type Version } from './use-author.ts'
import { useSaveKey } from './use-save-key.ts'
import { VersionsTab } from './VersionsTab.tsx'

const labels: Record<AuthorTab, string> = {
  statement: '1 Statement',
  code: '2 Code',
  tests: '3 Tests',
  try: '4 Try and publish',
  versions: 'Versions',
}

/** The way through a question: one that takes a file has no code, and nothing to try. */
const wayOf = (kind: Kind): Partial<Record<AuthorTab, string>> => {
  if (kind === 'file') return { statement: labels.statement, tests: '2 File and points', try: '3 Publish', versions: labels.versions }
  return kind === 'external' ? { ...labels, tests: '3 Grader' } : labels
}

/** Where the author came from: the assignment the question is meant for stands in the address. */
function useAssignmentOfAddress(): { assignment_id: string; step_id: string; title: string } | null {
  const course = useCourse()
  const [words] = useSearchWords()
  const step = course.modules.flatMap((module) => module.steps).find((each) => each.assignment_id !== null && each.assignment_id === words.assignment)
  return step === undefined ? null : { assignment_id: step.assignment_id!, step_id: step.id, title: step.title }
}

/** On a phone the row of tabs is wider than the screen: the present one is brought into sight. */
function useInSight(tab: AuthorTab): RefObject<HTMLDivElement | null> {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.querySelector(`[role=tab][aria-selected=true][id$="-tab-${tab}"]`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [tab])
  return list
}

/** Writes a question: statement, code, tests, try, publish. */
export function AuthorPage({ question, version }: { question: Question | null; version: Version | null }) {
  const course = useCourse()
  const go = useGo()
  const [words, changeWords] = useSearchWords()
  const author = useAuthor(question, version)
  const { draft, setDraft, problems } = author
  const way = wayOf(draft.kind)
  const tabs = authorTabs.filter((each) => way[each] !== undefined)
  const tab = tabs.find((each) => each === words.tab && (question !== null || (each !== 'try' && each !== 'versions'))) ?? 'statement'
  const [slug, setSlug] = useState<string | null>(null)
  const [spare] = useState(() => spareSlug('question'))
  const [isNoted, setIsNoted] = useState(false)
  const into = useAssignmentOfAddress()
  const list = useInSight(tab)
  const shown_slug = slug ?? (draft.title.trim() === '' ? '' : slugFrom(draft.title) || spare)
  const title = draft.title.trim() === '' ? (question === null ? 'New question' : 'Untitled question') : draft.title

  /** Shows the tab where something must be put right, where the present one shows nothing of it. */
  const leadToProblem = (): void => {
    const made = contentOf(draft)
    const wrong = 'problems' in made ? Object.keys(made.problems).map(tabOfPlace) : []
    if (wrong.length > 0 && !wrong.includes(tab)) changeWords({ tab: wrong[0] })
  }
  const save = async (): Promise<boolean> => {
    if (question === null) {
      const question_id = await author.create(shown_slug)
      if (question_id === null) {
        leadToProblem()
        return false
      }
      const search = new URLSearchParams({ tab, ...(words.assignment === undefined ? {} : { assignment: words.assignment }) })
      notifications.show({ color: 'green', message: 'The draft of version 1 is saved.' })
      go(`${paths.teachQuestion(course.slug, question_id)}?${search}`, { replace: true })
      return true
    }
    const stored = await author.save()
    if (stored === null) {
      leadToProblem()
      return false
    }
    notifications.show({ color: 'green', message: `The draft of version ${stored.number} is saved.` })
    return true
  }
  const quietly = (): void => void save().catch(() => undefined)
  useSaveKey(() => author.is_changed && !author.is_saving && quietly())

  const crumbs: Crumb[] = [
    { label: course.title, to: paths.teach(course.slug) },
    into === null ? { label: 'Questions', to: paths.questions() } : { label: into.title, to: paths.teachStep(course.slug, into.step_id) },
    { label: question === null ? 'New question' : question.slug },
  ]
  return (
    <Page width="wide">
      <PageHead
        title={title}
        crumbs={crumbs}
        aside={version !== null && <StateBadge version={version} is_changed={author.is_changed} />}
        actions={
          <>
            <Text size="sm" c="dimmed" aria-live="polite" hidden={question === null && !author.is_changed}>
              {author.is_changed ? (author.is_refused ? 'Not saved yet' : 'Not saved yet; kept on this device') : 'Saved'}
            </Text>
            <Button loading={author.is_saving} disabled={!author.is_changed} onClick={quietly} aria-keyshortcuts="Control+S Meta+S">
              {question === null ? 'Save as a draft' : 'Save the draft'}
            </Button>
          </>
        }
      />
      <UnsavedGuard isUnsaved={author.isUnsaved} consequence="This device keeps it and shows it when you come back." onSave={save} />
      {author.found_at !== null && author.is_changed && !isNoted && (
        <KeptNote kept_at={author.found_at} onLeaveIt={() => setIsNoted(true)} onDrop={() => author.dropFound()} />
      )}
      {author.conflict_sha256 !== null && question !== null ? (
        <DraftConflict question_id={question.id} draft={draft} onTake={author.takeStored} onOverwrite={author.overwrite} />
      ) : (
        <SaveError error={author.error} />
      )}
      <OtherProblems problems={problems} />
      <Tabs mt="xs" value={tab} onChange={(next) => changeWords({ tab: next })} keepMounted={false}>
        <Tabs.List mb="md" className={classes.tabList} ref={list}>
          {tabs.map((each) => (
            <Tabs.Tab
              key={each}
              value={each}
              disabled={question === null && (each === 'try' || each === 'versions')}
              rightSection={
                Object.keys(problems).some((place) => tabOfPlace(place) === each) ? (
                  <Badge size="xs" color="red" tt="none">
                    look here
                  </Badge>
                ) : undefined
              }
            >
              {way[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab}>
          {tab === 'statement' && (
            <StatementTab draft={draft} problems={problems} setDraft={setDraft}>
              {question === null && (
                <TextInput
                  label="Short name"
                  description="How you find the question again: lower-case letters, digits and hyphens. It cannot be changed later."
                  value={shown_slug}
                  onChange={(e) => setSlug(e.currentTarget.value)}
                  error={problems.slug}
                  maxLength={64}
                  maw={560}
                  classNames={{ input: 'mono' }}
                />
              )}
            </StatementTab>
          )}
          {tab === 'code' && <CodeTab draft={draft} problems={problems} setDraft={setDraft} />}
          {tab === 'tests' && <TestsTab draft={draft} problems={problems} setDraft={setDraft} />}
          {tab === 'try' && question !== null && version !== null && (
            <TryTab
              question={question}
              version={version}
              draft={draft}
              is_changed={author.is_changed}
              onSave={save}
              onTests={(tests) => setDraft((before) => ({ ...before, tests }))}
              into={into}
            />
          )}
          {tab === 'versions' && question !== null && <VersionsTab question={question} />}
        </Tabs.Panel>
      </Tabs>
      {question === null && (
        <Text size="sm" c="dimmed" mt="md">
          {draft.kind === 'file' ? 'Save the draft to publish it.' : 'Save the draft to try it against your tests and to publish it.'}
        </Text>
      )}
    </Page>
  )
}

/** What the server said of places that have no field of their own to show it. */
function OtherProblems({ problems }: { problems: Record<string, string> }) {
  const others = Object.entries(problems).filter(
    ([place]) => !/^(title|slug|function_name|queue|max_bytes|allowed_types|tests\.\d+\.(name|input|expected))$/.test(place),
  )
  if (others.length === 0) return null
  return (
    <ul style={{ margin: '4px 0', paddingInlineStart: 20 }}>
      {others.map(([place, message]) => (
        <li key={place}>
          <Text size="sm" c="var(--mantine-color-error)">
            <span className="mono">{place}</span>: {message}
          </Text>
        </li>
      ))}
    </ul>
  )
}

function StateBadge({ version, is_changed }: { version: Version; is_changed: boolean }) {
  const isDraft = version.state === 'draft'
  const number = isDraft || !is_changed ? version.number : version.number + 1
  return (
    <Badge color={isDraft || is_changed ? 'gray' : 'green'} variant="light" tt="none" radius="sm">
      {isDraft || is_changed ? `Draft of version ${number}` : `Version ${number}, published`}
    </Badge>
  )
}
