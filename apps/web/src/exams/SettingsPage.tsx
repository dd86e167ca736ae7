import { type Exam, getBoard, getExam, listExams, updateExam } from '@gradus/contract/exams'
import { Alert, Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconLock } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useChange } from '../api/calls.ts'
import { fieldProblems } from '../api/problem.ts'
import { usePageTitle } from '../app/PageHead.tsx'
import { SaveError } from '../teach/SaveError.tsx'
import { timesProblems } from '../teach/times-sentence.ts'
import { UnsavedGuard } from '../teach/UnsavedGuard.tsx'
import { useSaveKey } from '../teach/use-save-key.ts'
import { ConfirmButton } from '../ui/ConfirmButton.tsx'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { TimeText } from '../ui/TimeText.tsx'
import { ExamFields } from './ExamFields.tsx'
import { changesOf, type ExamForm, formOf, timesOf } from './exam-form.ts'
import { useExam } from './use-exam.ts'

const renews = [getExam, listExams, getBoard] as const

/** Times, limits, retention, and the hold that stops it. */
export function ExamSettingsPage() {
  const exam = useExam()
  usePageTitle(`Settings · ${exam.title}`)
  if (!exam.can_edit) return <Text>Your role may watch this exam but not change its settings.</Text>
  return (
    <Stack gap={32} maw={860}>
      <LimitsForm exam={exam} />
      <LegalHold exam={exam} />
    </Stack>
  )
}

function LimitsForm({ exam }: { exam: Exam }) {
  const save = useChange(updateExam, renews)
  const stored = formOf(exam)
  /** What was changed here and is not saved; the rest follows the server. */
  const [changes, setChanges] = useState<Partial<ExamForm>>({})
  const form: ExamForm = { ...stored, ...changes }
  const body = changesOf(stored, form, exam.time_zone)
  const isChanged = Object.keys(body).length > 0
  const problems: Record<string, string | undefined> = { ...fieldProblems(save.error), ...timesProblems(timesOf(form, exam.time_zone)) }
  const put = (part: Partial<ExamForm>): void => setChanges((before) => ({ ...before, ...part }))
  const store = async (): Promise<boolean> => {
    await save.mutateAsync({ params: { exam_id: exam.id }, body })
    setChanges({})
    notifications.show({ color: 'green', message: 'The settings are saved. What was handed in stays as it was taken.' })
    return true
  }
  const quietly = (): void => void store().catch(() => undefined)
  useSaveKey(() => isChanged && quietly())
  return (
    <section aria-labelledby="limits">
      <Title order={2} size="h3" id="limits" mb={8}>
        Times, limits and retention
      </Title>
      <UnsavedGuard isUnsaved={() => isChanged} consequence="It will be lost." onSave={store} />
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isChanged) quietly()
        }}
      >
        <Stack gap="md">
          <TextInput
            label="Title"
            required
            maxLength={200}
            dir="auto"
            value={form.title}
            onChange={(event) => put({ title: event.currentTarget.value })}
            error={problems.title}
            maw={560}
          />
          <ExamFields form={form} zone={exam.time_zone} problems={problems} onChange={put} />
          <SaveError error={save.error} />
          <Group>
            <Button type="submit" loading={save.isPending} disabled={!isChanged || form.title.trim() === ''}>
              Save the settings
            </Button>
            <Text size="sm" c="dimmed" aria-live="polite">
              {isChanged ? 'Not saved yet' : 'Saved'}
            </Text>
          </Group>
        </Stack>
      </form>
    </section>
  )
}

/** Stops retention for an exam that somebody disputes. */
function LegalHold({ exam }: { exam: Exam }) {
  const change = useChange(updateExam, renews)
  const [reason, setReason] = useState('')
  const set = (legal_hold_reason: string | null) => change.mutateAsync({ params: { exam_id: exam.id }, body: { legal_hold_reason } })
  const hold = async (event: FormEvent) => {
    event.preventDefault()
    await set(reason)
    setReason('')
  }
  return (
    <Paper p="md" component="section" aria-labelledby="hold">
      <Title order={2} size="h3" id="hold" mb={8}>
        Legal hold
      </Title>
      {exam.legal_hold_reason !== null ? (
        <Alert color="orange" icon={<IconLock size={18} aria-hidden />} title="Nothing of this exam is deleted">
          <Stack gap="sm" align="flex-start">
            <Text size="sm">
              Reason: <bdi>{exam.legal_hold_reason}</bdi>
            </Text>
            <ConfirmButton
              size="sm"
              variant="default"
              title="Let retention run again?"
              consequence="Files that are older than the exam keeps them are deleted soon after, for good. Rows and receipts stay."
              verb="Let it run"
              onConfirm={() => set(null)}
            >
              Lift the hold
            </ConfirmButton>
          </Stack>
        </Alert>
      ) : (
        <form onSubmit={(event) => void hold(event).catch(() => undefined)}>
          <Stack gap="sm">
            <Text size="sm" c="dimmed">
              For a dispute or an appeal: while it stands no file is deleted, also not those that a later upload replaced from now on.{' '}
              {exam.deletion === null ? (
                'Nothing is due for deletion now.'
              ) : (
                <>
                  The next file is due <TimeText at={exam.deletion.next_at} zone={exam.time_zone} />; {exam.deletion.file_count_within_a_day} within a
                  day
                  {exam.deletion.warned_at !== null && (
                    <>
                      , noted in the audit log <TimeText at={exam.deletion.warned_at} zone={exam.time_zone} show="absolute" />
                    </>
                  )}
                  .
                </>
              )}
            </Text>
            <TextInput
              label="Reason"
              description="Stands here and in the audit log"
              placeholder="Appeal of candidate al01"
              maxLength={500}
              dir="auto"
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              maw={560}
            />
            <ErrorLine error={change.error} />
            <div>
              <Button type="submit" variant="default" loading={change.isPending} disabled={reason.trim() === ''}>
                Hold every file
              </Button>
            </div>
          </Stack>
        </form>
      )}
    </Paper>
  )
}
