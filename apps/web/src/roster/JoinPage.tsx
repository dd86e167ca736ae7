import { listCourses } from '@gradus/contract/courses'
import { joinCourse } from '@gradus/contract/roster'
import { Button, Group, Paper, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useParams } from '@tanstack/react-router'
import { useChange } from '../api/calls.ts'
import { isProblem } from '../api/problem.ts'
import { useCanRegister, useMe } from '../api/session.ts'
import { useGo } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { paths } from '../paths.ts'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { JoinField, tidyCode } from './JoinField.tsx'

/** Joins a course by its code, for people with an account and for those who make one first. */
export function JoinPage() {
  const { code: asked } = useParams({ strict: false }) as { code?: string }
  const code = tidyCode(asked ?? '')
  // Another code starts anew: what was said of the one before no longer holds.
  return <Join key={code} code={code} />
}

function Join({ code }: { code: string }) {
  const user = useMe()
  const go = useGo()
  const join = useChange(joinCourse, [listCourses])
  const canRegister = useCanRegister()
  const start = async () => {
    const joined = await join.mutateAsync({ body: { code } })
    if (joined.already_enrolled) notifications.show({ message: 'You are in this course already.' })
    go(paths.course(joined.course_id), { replace: true })
  }
  const isRefused = isProblem(join.error, 'join_code_unknown') || isProblem(join.error, 'join_code_closed')
  return (
    <Page width="narrow">
      <PageHead title="Join a course" crumbs={user ? [{ label: 'Courses', to: paths.home() }, { label: 'Join' }] : []} />
      <Paper p="lg">
        <Stack gap="md">
          {code !== '' && (
            <Group gap="sm">
              <Text>Join code</Text>
              <Text className="mono" fw={700} size="xl" style={{ letterSpacing: '0.1em', overflowWrap: 'anywhere' }}>
                {code}
              </Text>
            </Group>
          )}
          {code !== '' && user && (
            <Group>
              <Button onClick={() => void start().catch(() => undefined)} loading={join.isPending}>
                Join as {user.display_name}
              </Button>
            </Group>
          )}
          {code !== '' && !user && (
            <>
              <Text>To join you need an account. Your work hangs on it.</Text>
              <Group>
                {canRegister && (
                  <Button component={RouteLink} to={paths.register(paths.join(code))}>
                    Make an account
                  </Button>
                )}
                <Button component={RouteLink} to={paths.signIn(paths.join(code))} variant={canRegister ? 'default' : 'filled'}>
                  Sign in
                </Button>
              </Group>
            </>
          )}
          <ErrorLine error={join.error} />
          {(code === '' || isRefused) && <JoinField label={isRefused ? 'Try another code' : 'The code your teacher gave you'} />}
        </Stack>
      </Paper>
    </Page>
  )
}
