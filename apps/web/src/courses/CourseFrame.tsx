import { Outlet, useLocation } from '@tanstack/react-router'
import { Page } from '../app/PageHead.tsx'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { useCourseCall } from './use-course.ts'

/** Holds every page of a course until the course is here, and says so once where it cannot be had. */
export function CourseFrame() {
  const course = useCourseCall()
  const isDesk = useLocation({ select: (location) => /\/a\/[^/]+\/q\//.test(location.pathname) })
  if (course.data !== undefined) return <Outlet />
  if (isDesk && course.error === null) return <LoadingState shape="panes" />
  return (
    <Page>
      {course.error !== null ? (
        <ErrorState order={1} error={course.error} title="This course could not be shown" onRetry={() => void course.refetch()} />
      ) : (
        <LoadingState />
      )}
    </Page>
  )
}
