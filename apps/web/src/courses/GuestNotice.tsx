import { Anchor } from '@mantine/core'
import { useLocation } from '@tanstack/react-router'
import { useCanRegister, useOptionalLearner } from '../api/session.ts'
import { paths } from '../paths.ts'
import { RouteLink } from '../ui/RouteLink.tsx'
import classes from './Courses.module.css'

/** Tells a guest, quietly and on every page of a course, where the work is kept and how to keep it for good. */
export function GuestNotice() {
  const learner = useOptionalLearner()
  const canRegister = useCanRegister()
  const here = useLocation({ select: (location) => location.href })
  if (learner?.is_guest !== true) return null
  return (
    <p className={classes.guest} role="note">
      You are working as a guest. Your work is kept on this browser;{' '}
      <Anchor component={RouteLink} to={canRegister ? paths.register(here) : paths.signIn(here)} inherit underline="always">
        {canRegister ? 'register' : 'sign in'}
      </Anchor>{' '}
      to keep it.
    </p>
  )
}
