import { Outlet, useLocation } from '@tanstack/react-router'
import { Page } from '../app/PageHead.tsx'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { GuestNotice } from './GuestNotice.tsx'
import { useCourseCall } from './use-course.ts'
import { useCourseProgress } from './use-course-progress.ts'
import { useGuest } from './use-guest.ts'

/** Holds every page of a course until the course is here, and says so once where it cannot be had. */
export function CourseFrame() {
  const course = useCourseCall()
  const guestError = useGuest(course.data !== undefined)
  const error = course.error ?? guestError
  const standing = useCourseProgress(course.data?.id)
  const isDesk = useLocation({ select: (location) => /\/a\/[^/]+\/q\//.test(location.pathname) })
  const isTeaching = useLocation({ select: (location) => /^\/c\/[^/]+\/teach(\/|$)/.test(location.pathname) })
  // Learners see their progress from the first moment or not at all: a step never turns from open to done before their eyes (R30).
  if (course.data !== undefined && (isTeaching || standing.is_settled)) {
    return (
      <>
        <GuestNotice />
        <Outlet />
      </>
    )
  }
  if (isDesk && error === null) {
    return (
      <div data-fills style={{ flex: '1 1 0' }}>
        <LoadingState shape="panes" />
      </div>
    )
  }
  return (
    <Page>
      {error !== null ? (
        <ErrorState
          order={1}
          error={error}
          title="This course could not be shown"
          onRetry={() => (course.error === null ? window.location.reload() : void course.refetch())}
        />
      ) : (
        <LoadingState />
      )}
    </Page>
  )
}
