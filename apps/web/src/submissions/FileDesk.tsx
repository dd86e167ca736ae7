import { submitFile } from '@gradus/contract/submissions'
import { Anchor, Group, Stack, Text, Title } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useState } from 'react'
import { useLearner } from '../api/session.ts'
import { renewStanding } from '../courses/renew-standing.ts'
import type { CourseOutline } from '../courses/use-course.ts'
import handIn from '../hand-in/HandIn.module.css'
import { UploadPanel } from '../hand-in/UploadPanel.tsx'
import { useUpload } from '../hand-in/use-upload.ts'
import { Split } from '../ui/Split.tsx'
import { sizeText } from '../ui/size.ts'
import { TimeText } from '../ui/TimeText.tsx'
import { LookBadge, stateLooks } from '../ui/Verdict.tsx'
import { closedBecause } from './closed-because.ts'
import { QuestionHead } from './QuestionHead.tsx'
import { type Attempt, attemptsText, type Question } from './question.ts'
import { Statement } from './Statement.tsx'
import classes from './Submissions.module.css'

interface Props {
  course: CourseOutline
  question: Question
  instructions: string
  number: number
  /** Newest first. */
  attempts: readonly Attempt[]
}

/** The question page where a file is handed in: statement, upload, what was handed in so far. */
export function FileDesk({ course, question, instructions, number, attempts }: Props) {
  const learner = useLearner()
  const isPhone = useMediaQuery('(max-width: 47.99em)', undefined, { getInitialValueInEffect: false }) ?? false
  const [done_id, setDoneId] = useState<string | null>(null)
  const uploader = useUpload({
    name: `question.${learner.id}.${question.id}`,
    url: submitFile.path.replace(':assignment_question_id', question.id),
    reply: submitFile.reply,
    promise: () => null,
    onDone: (submission) => {
      setDoneId(submission.id)
      void renewStanding()
    },
    onRefused: () => void renewStanding(),
  })
  const closed_because = closedBecause(course, question, learner)
  const { attempts_left } = question
  const isBusy = uploader.upload.phase === 'sending' || uploader.upload.phase === 'waiting'
  const statement = <Statement question={question} instructions={instructions} />
  const desk = (
    <section className={isPhone ? classes.filePhone : classes.statement} aria-label="Your file" tabIndex={isPhone ? undefined : 0}>
      <Stack gap="lg" maw={640}>
        {closed_because !== null && !isBusy ? (
          <Text role="status">{closed_because}</Text>
        ) : (
          <div>
            <Title order={2} size="h3" mb={8}>
              {attempts.length === 0 ? 'Hand in your file' : 'Hand in another file'}
            </Title>
            <UploadPanel
              uploader={uploader}
              limits={question.file ?? { max_bytes: 0, allowed_types: [] }}
              zone={question.course_time_zone}
              consequence={
                attempts_left === null ? 'Your earlier files stay in the list.' : `This uses one of the ${attemptsText(attempts_left)} you have left.`
              }
            />
          </div>
        )}
        <Files attempts={attempts} done_id={done_id} zone={question.course_time_zone} />
      </Stack>
    </section>
  )
  return (
    <div className={isPhone ? undefined : classes.desk} data-fills={isPhone ? undefined : ''}>
      <QuestionHead course={course} question={question} number={number} draft={null} attempt_count={attempts.length} onHistory={null} />
      {isPhone ? (
        <>
          {statement}
          {desk}
        </>
      ) : (
        <div className={classes.body}>
          <Split name="statement" direction="row" label="Width of the statement" start_percent={42} first={statement} second={desk} />
        </div>
      )}
    </div>
  )
}

function Files({ attempts, done_id, zone }: { attempts: readonly Attempt[]; done_id: string | null; zone: string }) {
  if (attempts.length === 0) return null
  return (
    <section aria-labelledby="files">
      <Title order={2} size="h3" id="files" mb={8}>
        What you handed in
      </Title>
      <Text role="status" size="sm" fw={600} mb={done_id === null ? 0 : 8}>
        {attempts.some((attempt) => attempt.id === done_id) ? 'Handed in. The server has your file safely.' : ''}
      </Text>
      <Stack gap={8}>
        {attempts.map((attempt) => (
          <div key={attempt.id} className={handIn.fact}>
            <Group gap="xs">
              <Text fw={650} size="sm">
                Attempt {attempt.attempt_number}
              </Text>
              <LookBadge look={stateLooks[attempt.state]} size="sm" />
              {attempt.is_late && (
                <Text span size="sm" fw={600}>
                  late
                </Text>
              )}
            </Group>
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              <bdi>{attempt.file?.filename}</bdi>, {sizeText(attempt.size_bytes)}
            </Text>
            <Text size="sm" c="dimmed">
              <TimeText at={attempt.submitted_at} zone={zone} />
            </Text>
            <div className={handIn.hash}>SHA-256 {attempt.content_sha256}</div>
            {attempt.file?.bytes_deleted_at === null ? (
              <Anchor href={`/api/submissions/${attempt.id}/file`} download size="sm" underline="always">
                Download
              </Anchor>
            ) : (
              <Text size="sm" c="dimmed">
                The file itself is no longer kept.
              </Text>
            )}
          </div>
        ))}
      </Stack>
    </section>
  )
}
