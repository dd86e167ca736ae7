import { type Language, MAX_CODE_BYTES } from '@gradus/contract/words'
import { ActionIcon, Alert, Button, Select, Text, Tooltip } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { IconPlayerPlay, IconSend2, IconTextDecrease, IconTextIncrease } from '@tabler/icons-react'
import { refusalOf } from '../api/problem.ts'
import { discard } from '../outbox/outbox.ts'
import { paths } from '../paths.ts'
import { CodeEditor } from '../ui/CodeEditor.tsx'
import { ConfirmButton } from '../ui/ConfirmButton.tsx'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { languageNames } from '../ui/languages.ts'
import { RouteLink } from '../ui/RouteLink.tsx'
import { codeSize } from './code-size.ts'
import type { Question } from './question.ts'
import classes from './Submissions.module.css'
import type { Draft } from './use-draft.ts'
import type { HandIn } from './use-hand-in.ts'

const number = new Intl.NumberFormat('en-GB')
const keys = /Mac|iPhone|iPad/.test(navigator.userAgent) ? { run: '⌘ Enter', hand_in: '⌘ ⇧ Enter' } : { run: 'Ctrl Enter', hand_in: 'Ctrl ⇧ Enter' }

interface Props {
  question: Question
  draft: Draft
  handIn: HandIn
  /** Why nothing can be handed in right now, in a sentence; null where it can. */
  closed_because: string | null
  /** "The same code as attempt 3." or null. */
  hint: string | null
  is_running: boolean
  run_error: unknown
  onRun: () => void
  onHandIn: () => void
  go_to: { line: number } | null
}

function Notes({
  question,
  draft,
  handIn,
  run_error,
  size,
}: Pick<Props, 'question' | 'draft' | 'handIn' | 'run_error'> & { size: ReturnType<typeof codeSize> }) {
  const hasGrader = question.languages.find((each) => each.language === draft.language)?.has_grader ?? true
  const { state } = handIn
  return (
    <div className={classes.notes}>
      {draft.is_changed_elsewhere && (
        <Alert color="yellow" title="This question was changed in another tab">
          <Button size="compact-sm" variant="default" mr="xs" onClick={draft.takeFromElsewhere}>
            Take the other text
          </Button>
          <Button size="compact-sm" variant="default" onClick={draft.ignoreElsewhere}>
            Keep this one
          </Button>
        </Alert>
      )}
      {!hasGrader && (
        <Alert color="blue">
          No grading machine for {languageNames[draft.language]} is connected right now. You can write and hand in all the same: it is stored at once
          and graded as soon as one is back.
        </Alert>
      )}
      {(size.is_near || size.is_over) && (
        <Alert color={size.is_over ? 'red' : 'yellow'} role="status">
          {size.is_over
            ? `Your code has ${number.format(size.bytes)} bytes; at most ${number.format(MAX_CODE_BYTES)} (100 KB) can be handed in. Shorten it by ${number.format(size.bytes - MAX_CODE_BYTES)}.`
            : `Your code has ${number.format(size.bytes)} of at most ${number.format(MAX_CODE_BYTES)} bytes.`}
        </Alert>
      )}
      {state.phase === 'unsure' && (
        <Alert color="yellow" role="status" title="No answer from the server yet">
          Your hand-in is kept on this device and is sent again until it is answered. However often it is sent, it counts once. You may reload this
          page, or close it and come back.
        </Alert>
      )}
      {state.phase === 'signed_out' && (
        <Alert color="yellow" role="status" title="Not handed in yet">
          <Text size="sm">Your session has ended. Your hand-in is kept on this device and goes out as soon as you have signed in again.</Text>
          <Button component={RouteLink} to={paths.signIn(window.location.pathname)} size="compact-sm" mt="xs">
            Sign in and hand in
          </Button>
        </Alert>
      )}
      {state.phase === 'refused' && (
        <Alert color="red" title="Not handed in" withCloseButton onClose={() => void discard(state.refused.id)} closeButtonLabel="Close">
          <ErrorLine error={refusalOf(state.refused)} />
          <Text size="sm">Your code is kept on this device; no attempt was used.</Text>
        </Alert>
      )}
      {run_error !== null && (
        <Alert color="red" title="Not run">
          <ErrorLine error={run_error} />
        </Alert>
      )}
    </div>
  )
}

const runHint = (is_external: boolean, has_visible: boolean): string =>
  is_external
    ? has_visible
      ? 'Sends your code to the external grader; uses no attempt'
      : 'This question is graded only when you hand in'
    : has_visible
      ? 'Runs the visible tests; uses no attempt'
      : 'All tests of this question are hidden: they run when you hand in'

/** The right pane: language, size, starter; the editor; what stands in the way; run and hand in. */
export function EditorPane(props: Props) {
  const { question, draft, handIn, closed_because, hint, is_running, onRun, onHandIn, go_to } = props
  const [font_size, setFontSize] = useLocalStorage({ key: 'gradus.font-size', defaultValue: 14, getInitialValueInEffect: false })
  const size = codeSize(draft.code)
  const starter = question.languages.find((each) => each.language === draft.language)?.starter ?? ''
  const hasVisible = question.tests.some((test) => !test.is_hidden)
  const isSending = handIn.state.phase !== 'idle' && handIn.state.phase !== 'refused'
  const stopped = size.is_over ? 'The code is larger than 100 KB.' : closed_because
  return (
    <section className={classes.pane} aria-label="Code">
      <div className={classes.tools}>
        {question.languages.length > 1 ? (
          <Select
            aria-label="Language"
            size="xs"
            w={140}
            allowDeselect={false}
            value={draft.language}
            onChange={(language) => language !== null && draft.choose(language as Language)}
            data={question.languages.map((each) => ({ value: each.language, label: languageNames[each.language] }))}
          />
        ) : (
          <Text size="sm" fw={600} px={4}>
            {languageNames[draft.language]}
          </Text>
        )}
        <span style={{ flex: 1 }} />
        <Tooltip label="Smaller text">
          <ActionIcon
            variant="subtle"
            color="gray"
            size={30}
            aria-label="Smaller text"
            disabled={font_size <= 11}
            onClick={() => setFontSize(Math.max(11, font_size - 1))}
          >
            <IconTextDecrease size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Larger text">
          <ActionIcon
            variant="subtle"
            color="gray"
            size={30}
            aria-label="Larger text"
            disabled={font_size >= 24}
            onClick={() => setFontSize(Math.min(24, font_size + 1))}
          >
            <IconTextIncrease size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <ConfirmButton
          variant="default"
          size="compact-sm"
          disabled={draft.code === starter}
          title="Back to the starter?"
          consequence="The text in the editor is replaced by what the question began with. What you handed in stays under Attempts; Ctrl Z in the editor brings this text back."
          verb="Put the starter back"
          onConfirm={async () => draft.restore(draft.language, starter)}
        >
          Reset to starter
        </ConfirmButton>
      </div>
      <Notes {...props} size={size} />
      <div className={classes.editor}>
        <CodeEditor
          value={draft.code}
          onChange={draft.write}
          language={draft.language}
          label={`Your ${languageNames[draft.language]} code. Press Escape, then Tab, to leave the editor.`}
          font_size={font_size}
          onRun={onRun}
          onHandIn={onHandIn}
          go_to={go_to}
        />
      </div>
      <div className={classes.actions}>
        <Tooltip label={runHint(question.kind === 'external', hasVisible)}>
          <Button
            variant="default"
            leftSection={<IconPlayerPlay size={16} aria-hidden />}
            loading={is_running}
            disabled={!hasVisible || size.is_over}
            onClick={onRun}
            aria-keyshortcuts="Control+Enter Meta+Enter"
          >
            {question.kind === 'external' ? 'Try without an attempt' : 'Run visible tests'}
            <span className={classes.kbd} aria-hidden>
              {keys.run}
            </span>
          </Button>
        </Tooltip>
        <Button
          leftSection={<IconSend2 size={16} aria-hidden />}
          loading={isSending}
          disabled={stopped !== null}
          onClick={onHandIn}
          aria-keyshortcuts="Control+Shift+Enter Meta+Shift+Enter"
        >
          {question.attempts_left === 1 ? 'Hand in (last attempt)' : 'Hand in'}
          <span className={classes.kbd} aria-hidden>
            {keys.hand_in}
          </span>
        </Button>
        <Text size="sm" c="dimmed" style={{ flex: '1 1 120px' }}>
          {stopped ?? hint}
        </Text>
      </div>
    </section>
  )
}
