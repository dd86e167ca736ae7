import { getAggregateStats, listEnrolledLearners } from '@gradus/contract/progress'
import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconChartBarOff, IconLock, IconRefresh } from '@tabler/icons-react'
import { useCall } from '../api/calls.ts'
import { isProblem } from '../api/problem.ts'
import { sentence } from '../api/sentence.ts'
import { useSearchWords } from '../app/address.ts'
import { usePageTitle } from '../app/PageHead.tsx'
import { mayIn, useCourse } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { CourseFigures } from './CourseFigures.tsx'
import { Funnel } from './Funnel.tsx'
import { useFocusLater } from './focus.ts'
import { LearnerDrawer } from './LearnerDrawer.tsx'
import { LearnersTable, rowId } from './LearnersTable.tsx'
import { StepHeat } from './StepHeat.tsx'

/** Where learners stand and where they stop, for those who make the course. */
export function LearnersPage() {
  const course = useCourse()
  usePageTitle(`Learners · ${course.title}`)
  const [words, change] = useSearchWords()
  const asked = { params: { course_id: course.id } }
  const is_enabled = mayIn(course, 'course.edit')
  // Both at once, and neither waits for the other: where one fails, the page shows what the other has (R46).
  const stats = useCall(getAggregateStats, asked, { is_enabled })
  const list = useCall(listEnrolledLearners, asked, { is_enabled })
  const focusLater = useFocusLater()
  const close = (): void => {
    focusLater(rowId(words.learner ?? ''))
    change({ learner: null })
  }
  if (!is_enabled || isProblem(list.error, 'forbidden')) return <Refused course={course.slug} />
  const opened = list.data?.learners.find((learner) => learner.user_id === words.learner)
  return (
    <Stack gap="xl">
      {stats.isPending && <LoadingState shape="cards" rows={3} />}
      {stats.isError && (
        <Alert color="orange" icon={<IconChartBarOff size={18} aria-hidden />} title="The figures could not be shown" role="alert">
          <Stack gap="xs" align="flex-start">
            <Text size="sm">{sentence(stats.error)} The table of learners does not need them.</Text>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconRefresh size={14} aria-hidden />}
              loading={stats.isFetching}
              onClick={() => void stats.refetch()}
            >
              Try again
            </Button>
          </Stack>
        </Alert>
      )}
      {stats.data !== undefined && (
        <>
          <CourseFigures stats={stats.data} />
          <Funnel stats={stats.data} list={list.data} />
          <StepHeat stats={stats.data} />
        </>
      )}
      {list.isPending && <LoadingState shape="rows" rows={12} />}
      {list.isError && <ErrorState error={list.error} title="The learners could not be shown" onRetry={() => void list.refetch()} />}
      {list.data !== undefined && <LearnersTable course={course} list={list.data} />}
      {opened !== undefined && <LearnerDrawer key={opened.user_id} course={course} learner={opened} onClose={close} />}
    </Stack>
  )
}

function Refused({ course }: { course: string }) {
  return (
    <EmptyState
      icon={IconLock}
      title="This page is for those who make the course"
      action={
        <Button component={RouteLink} to={paths.course(course)} variant="default">
          To the course
        </Button>
      }
    >
      It shows what every learner has done. Your role in this course does not allow that; its owner can give you another.
    </EmptyState>
  )
}
