import { Button, Group, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconAlertTriangle, IconLock, IconRefresh } from '@tabler/icons-react'
import { isProblem } from '../api/problem.ts'
import { requestId, sentence } from '../api/sentence.ts'
import { paths } from '../paths.ts'
import { RouteLink } from './RouteLink.tsx'

interface Props {
  error: unknown
  /** What could not be shown: "This course could not be shown." */
  title?: string
  onRetry?: () => void
  /** 1 where this is the whole page and nothing else is its heading. */
  order?: 1 | 2
}

/** A failure in place of content: the sentence, the button that helps, the request id small for support. */
export function ErrorState({ error, title, onRetry, order = 2 }: Props) {
  const mustSignIn = isProblem(error, 'sign_in_required')
  const id = requestId(error)
  const here = window.location.pathname + window.location.search
  const Icon = mustSignIn ? IconLock : IconAlertTriangle
  return (
    <Stack align="center" gap="sm" py={48} px="md" maw={520} mx="auto" ta="center" role="alert">
      <ThemeIcon variant="light" color={mustSignIn ? 'gray' : 'red'} size={48} radius="xl" aria-hidden>
        <Icon size={26} stroke={1.5} />
      </ThemeIcon>
      <Title order={order} size="h3">
        {title ?? (mustSignIn ? 'You are signed out' : isProblem(error, 'not_found') ? 'Nothing here' : 'This could not be shown')}
      </Title>
      <Text c="dimmed">{sentence(error)}</Text>
      <Group justify="center">
        {mustSignIn && (
          <Button component={RouteLink} to={paths.signIn(here)}>
            Sign in
          </Button>
        )}
        {onRetry !== undefined && !mustSignIn && (
          <Button variant="default" leftSection={<IconRefresh size={16} aria-hidden />} onClick={onRetry}>
            Try again
          </Button>
        )}
      </Group>
      {id !== null && (
        <Text size="xs" c="dimmed" className="mono">
          Request {id}
        </Text>
      )}
    </Stack>
  )
}

/** A failure inside a form or beside a button: the sentence in one line, with the request id behind it. */
export function ErrorLine({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null
  const id = requestId(error)
  return (
    <Text size="sm" c="var(--mantine-color-error)" role="alert">
      {sentence(error)}
      {id !== null && (
        <Text span size="xs" c="dimmed" className="mono">
          {' '}
          Request {id}
        </Text>
      )}
    </Text>
  )
}
