import { createRun } from '@gradus/contract/submissions'
import { Tabs } from '@mantine/core'
import { useHotkeys, useMediaQuery } from '@mantine/hooks'
import { useEffect, useState } from 'react'
import { useChange } from '../api/calls.ts'
import { useLearner } from '../api/session.ts'
import { useSearchWords } from '../app/address.ts'
import { neighbours } from '../courses/next-step.ts'
import { renewStanding } from '../courses/renew-standing.ts'
import { stepAddress } from '../courses/step-address.ts'
import type { CourseOutline } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { Split } from '../ui/Split.tsx'
import { closedBecause } from './closed-because.ts'
import { codeSize } from './code-size.ts'
import { EditorPane } from './EditorPane.tsx'
import { History } from './History.tsx'
import { QuestionHead } from './QuestionHead.tsx'
import type { Attempt, Question } from './question.ts'
import { Results } from './Results.tsx'
import { Statement } from './Statement.tsx'
import classes from './Submissions.module.css'
import { useDraft } from './use-draft.ts'
import { useHandIn } from './use-hand-in.ts'
import { useProgress, type Watched } from './use-progress.ts'

interface Props {
  course: CourseOutline
  question: Question
  instructions: string
  number: number
  /** Newest first. */
  attempts: readonly Attempt[]
  /** Why there are none, where they could not be read. */
  attempts_error: unknown
}

/** The phone's tabs; the one shown stands in the address, as does the attempt whose results are shown. */
const views = ['statement', 'code', 'results'] as const

/** The next question of the assignment, else the next step of the course. */
function onwardFrom(course: CourseOutline, question: Question, number: number): { to: string; label: string } | null {
  if (number < question.siblings.length) return { to: paths.question(course.slug, question.assignment.id, number + 1), label: 'Next question' }
  const { after } = neighbours(course, question.step_id)
  return after === null ? null : { to: stepAddress(course.slug, after), label: `Next: ${after.title}` }
}

/** The question page once everything is here: statement, editor, results, attempts. */
export function QuestionDesk({ course, question, instructions, number, attempts, attempts_error }: Props) {
  const learner = useLearner()
  const isPhone = useMediaQuery('(max-width: 47.99em)', undefined, { getInitialValueInEffect: false }) ?? false
  const [words, setWords] = useSearchWords()
  const [isHistoryOpen, setIsHistoryOpen] = useState(false)
  const [chosen, setChosen] = useState<Watched | null>(null)
  const [go_to, setGoTo] = useState<{ line: number } | null>(null)
  const [run_language, setRunLanguage] = useState(question.languages[0]!.language)

  const draft = useDraft(learner.id, question, attempts)
  const newest = attempts[0]
  const asked = attempts.find((attempt) => String(attempt.attempt_number) === words.attempt) ?? newest
  const watched: Watched | null = chosen ?? (asked === undefined ? null : { kind: 'submission', id: asked.id })
  const setTab = (tab: string | null) => setWords({ view: tab === 'statement' ? null : tab })
  const handIn = useHandIn(question, (submission_id) => setChosen({ kind: 'submission', id: submission_id }))
  const run = useChange(createRun)
  const live = useProgress(watched, (_, of) => {
    const isKnown = attempts.some((attempt) => attempt.id === of.id && attempt.state === 'graded')
    if (of.kind === 'submission' && !isKnown) void renewStanding()
  })

  const closed_because = closedBecause(course, question, learner)
  const isOver = codeSize(draft.code).is_over
  const isRunGoing =
    run.isPending || (chosen?.kind === 'run' && live.error === null && live.progress?.outcome == null && live.progress?.state !== 'needs_staff')
  const shown = attempts.find((attempt) => attempt.id === watched?.id)
  const hint = attempts.find((attempt) => attempt.language === draft.language && attempt.code === draft.code)

  const startRun = async () => {
    if (isRunGoing || isOver || !question.tests.some((test) => !test.is_hidden)) return
    setWords({ view: 'results', attempt: null })
    const { language, code } = draft
    const started = await run.mutateAsync({ params: { assignment_question_id: question.id }, body: { language, code } })
    setRunLanguage(language)
    setChosen({ kind: 'run', id: started.id })
  }
  const startHandIn = () => {
    if (closed_because !== null || isOver) return
    run.reset()
    setWords({ view: 'results', attempt: null })
    handIn.handIn(draft.language, draft.code)
  }
  // What stands in the way of a hand-in is said beside the code: a phone shows that, and not the empty place for results.
  const isStuck = ['unsure', 'signed_out', 'refused'].includes(handIn.state.phase)
  useEffect(() => {
    if (isPhone && isStuck) setWords({ view: 'code' })
  }, [isPhone, isStuck, setWords])
  const onRun = () => void startRun().catch(() => setTab('code'))
  useHotkeys([
    ['mod+Enter', onRun],
    ['mod+shift+Enter', startHandIn],
  ])

  const statement = <Statement question={question} instructions={instructions} />
  const editor = (
    <EditorPane
      question={question}
      draft={draft}
      handIn={handIn}
      closed_because={closed_because}
      hint={hint === undefined ? null : `The same code as attempt ${hint.attempt_number}.`}
      is_running={isRunGoing}
      run_error={run.error}
      onRun={onRun}
      onHandIn={startHandIn}
      go_to={go_to}
    />
  )
  const results = (
    <Results
      question={question}
      watched={watched}
      live={live}
      language={watched?.kind === 'run' ? run_language : (shown?.language ?? draft.language)}
      heading={watched?.kind === 'run' ? 'Trial run: does not count' : shown === undefined ? 'Your hand-in' : `Attempt ${shown.attempt_number}`}
      onward={onwardFrom(course, question, number)}
      attempts_error={attempts_error}
      onLine={(line) => {
        setTab('code')
        setGoTo({ line })
      }}
    />
  )
  return (
    <div className={classes.desk} data-fills>
      <QuestionHead
        course={course}
        question={question}
        number={number}
        draft={draft}
        attempt_count={attempts.length}
        onHistory={() => setIsHistoryOpen(true)}
      />
      <div className={classes.body}>
        {isPhone ? (
          <Tabs value={views.find((view) => view === words.view) ?? 'statement'} onChange={setTab} className={classes.phoneTabs}>
            <Tabs.List grow>
              <Tabs.Tab value="statement">Statement</Tabs.Tab>
              <Tabs.Tab value="code">Code</Tabs.Tab>
              <Tabs.Tab value="results">Results</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="statement" className={classes.phonePanel}>
              {statement}
            </Tabs.Panel>
            <Tabs.Panel value="code" className={classes.phonePanel}>
              {editor}
            </Tabs.Panel>
            <Tabs.Panel value="results" className={classes.phonePanel}>
              {results}
            </Tabs.Panel>
          </Tabs>
        ) : (
          <Split
            name="statement"
            direction="row"
            label="Width of the statement"
            start_percent={42}
            first={statement}
            second={<Split name="results" direction="column" label="Height of the editor" start_percent={54} first={editor} second={results} />}
          />
        )}
      </div>
      <History
        is_open={isHistoryOpen}
        onClose={() => setIsHistoryOpen(false)}
        attempts={attempts}
        zone={question.course_time_zone}
        present={{ language: draft.language, code: draft.code }}
        onRestore={(attempt) => {
          if (attempt.language !== null) draft.restore(attempt.language, attempt.code ?? '')
          setTab('code')
          setIsHistoryOpen(false)
        }}
        onShow={(attempt) => {
          setChosen(null)
          setWords({ view: 'results', attempt: String(attempt.attempt_number) })
          setIsHistoryOpen(false)
        }}
      />
    </div>
  )
}
