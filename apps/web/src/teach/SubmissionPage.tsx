import { getSubmission, listCourseSubmissions, requeueSubmission, type Submission } from '@gradus/contract/submissions'
import { Alert, Anchor, Badge, Button, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconDownload, IconUrgent } from '@tabler/icons-react'
import { useState } from 'react'
import { read, useCall, useChange } from '../api/calls.ts'
import { queryClient } from '../api/client.ts'
import { useRouteParams } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { type CourseOutline, mayIn, useCourse } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { ExternalOutcome, isExternal } from '../submissions/GraderMessage.tsx'
import { TestChips } from '../submissions/TestChips.tsx'
import { TestDetail } from '../submissions/TestDetail.tsx'
import { CodeEditor } from '../ui/CodeEditor.tsx'
import { ErrorLine, ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { languageNames } from '../ui/languages.ts'
import { Points } from '../ui/Points.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { shortSize } from '../ui/size.ts'
import { TimeText } from '../ui/TimeText.tsx'
import { HandInState } from '../ui/Verdict.tsx'
import { SubmittedFile } from './SubmittedFile.tsx'
import classes from './Teach.module.css'

const LOOK_AGAIN_MS = 3_000

/** One hand-in, for staff: the code, every test with its input, also of hidden ones. */
export function SubmissionPage() {
  const course = useCourse()
  const { submission: submission_id } = useRouteParams('submission')
  const params = { submission_id }
  // Asked again only while it is being graded.
  const known = queryClient.getQueryData(read(getSubmission, { params }).queryKey)
  const submission = useCall(
    getSubmission,
    { params },
    { refetch_ms: known?.state === 'graded' || known?.state === 'handed_in' ? false : LOOK_AGAIN_MS },
  )
  if (submission.data !== undefined) return <LoadedSubmission key={submission.data.id} course={course} submission={submission.data} />
  return (
    <Page width="wide">
      {submission.isError ? (
        <ErrorState order={1} error={submission.error} title="This hand-in could not be shown" onRetry={() => void submission.refetch()} />
      ) : (
        <LoadingState />
      )}
    </Page>
  )
}

function LoadedSubmission({ course, submission: s }: { course: CourseOutline; submission: Submission }) {
  const requeue = useChange(requeueSubmission, [getSubmission, listCourseSubmissions])
  const outcome = s.progress.outcome
  const firstWrong = outcome?.tests.find((test) => test.verdict !== 'accepted' && test.verdict !== 'skipped')?.key ?? null
  /** Undefined until somebody chooses; until then the first test that went wrong is open. */
  const [chosen, setChosen] = useState<string | null | undefined>(undefined)
  const open_key = chosen === undefined ? firstWrong : chosen
  const opened = outcome?.tests.findIndex((test) => test.key === open_key) ?? -1
  const title = `${s.learner.display_name}, attempt ${s.attempt_number}`
  return (
    <Page width="wide">
      <PageHead
        title={title}
        crumbs={[
          { label: course.title, to: paths.teach(course.slug) },
          { label: 'Submissions', to: paths.teach(course.slug, 'submissions') },
          { label: s.question_title, to: paths.teachSubmissions(course.slug, { question: s.assignment_question_id }) },
        ]}
        aside={
          <Group gap="xs">
            <HandInState state={s.state} verdict={s.verdict} />
            {s.is_late && (
              <Badge color="orange" variant="light" tt="none" radius="sm">
                Late
              </Badge>
            )}
            {s.is_voided && (
              <Badge color="gray" variant="light" tt="none" radius="sm">
                Not counted
              </Badge>
            )}
          </Group>
        }
        actions={
          s.file?.bytes_deleted_at == null ? (
            <Button
              component="a"
              href={s.file === null ? `/api/submissions/${s.id}/code` : `/api/submissions/${s.id}/file`}
              download
              variant="default"
              leftSection={<IconDownload size={16} aria-hidden />}
            >
              {s.file === null ? 'Download the code' : 'Download the file'}
            </Button>
          ) : undefined
        }
      />
      <Stack gap="md">
        <Text size="sm" c="dimmed" component="div">
          Handed in <TimeText at={s.submitted_at} zone={course.time_zone} />,{' '}
          {s.language === null ? <bdi>{s.file?.filename}</bdi> : languageNames[s.language]}, {shortSize(s.size_bytes)}, version {s.version_number} of{' '}
          <bdi>{s.question_title}</bdi>.{' '}
          <Anchor
            component={RouteLink}
            to={paths.teachSubmissions(course.slug, { learner: s.learner.id, question: s.assignment_question_id })}
            size="sm"
            underline="always"
          >
            All attempts of this student
          </Anchor>
        </Text>
        {s.state === 'needs_staff' && (
          <Alert color="violet" icon={<IconUrgent size={18} aria-hidden />} title="Our grading failed again and again">
            <Stack gap="xs" align="flex-start">
              <Text size="sm">
                The student is told that it is not their fault, and the attempt is not counted. Mend the cause (npm run doctor on the grading machine,
                or the external grader), then put it back.
              </Text>
              {mayIn(course, 'submissions.manage') && (
                <Button size="xs" loading={requeue.isPending} onClick={() => requeue.mutate({ params: { submission_id: s.id } })}>
                  Put it back into the queue
                </Button>
              )}
              <ErrorLine error={requeue.error} />
            </Stack>
          </Alert>
        )}
        {s.file !== null ? (
          <SubmittedFile submission={s} file={s.file} zone={course.time_zone} />
        ) : (
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
            <section aria-labelledby="code">
              <Title order={2} size="h3" id="code" mb={8}>
                Code
              </Title>
              {s.code === null || s.language === null ? (
                <Text size="sm" c="dimmed">
                  These bytes are not text. Download them to look inside.
                </Text>
              ) : (
                <CodeEditor value={s.code} language={s.language} label="The code that was handed in" is_read_only height="60vh" />
              )}
            </section>
            <section aria-labelledby="results">
              <Group justify="space-between" mb={8}>
                <Title order={2} size="h3" id="results">
                  Results
                </Title>
                {outcome !== null && (
                  <Text fw={600}>
                    <Points got={outcome.points} of={outcome.points_possible} />
                  </Text>
                )}
              </Group>
              {outcome === null ? (
                <Text size="sm" c="dimmed">
                  Not graded yet. This page looks again every few seconds.
                </Text>
              ) : (
                <Stack gap="sm">
                  {outcome.compile_output !== '' && (
                    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
                    <pre className={`mono ${classes.output}`} tabIndex={0}>
                      {outcome.compile_output}
                    </pre>
                  )}
                  {isExternal(outcome) ? (
                    <ExternalOutcome outcome={outcome} has_points={false} />
                  ) : (
                    <>
                      <TestChips tests={outcome.tests} can_open open_key={open_key} onOpen={(key) => setChosen(key === open_key ? null : key)} />
                      {opened >= 0 ? (
                        <TestDetail test={outcome.tests[opened]!} number={opened + 1} is_said_above={false} />
                      ) : (
                        <Text size="sm" c="dimmed">
                          Choose a test to see its input, what was expected and what came.
                        </Text>
                      )}
                    </>
                  )}
                  <Text size="xs" c="dimmed">
                    Graded <TimeText at={outcome.graded_at} zone={course.time_zone} show="absolute" /> by{' '}
                    {isExternal(outcome) ? outcome.runtime : `${outcome.sandbox}, ${outcome.runtime}`}
                  </Text>
                </Stack>
              )}
            </section>
          </SimpleGrid>
        )}
      </Stack>
    </Page>
  )
}
