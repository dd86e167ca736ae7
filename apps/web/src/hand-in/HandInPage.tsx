import { getHandIn } from '@gradus/contract/exams'
import { Alert, Anchor, Paper, Stack, Text } from '@mantine/core'
import { IconWifiOff } from '@tabler/icons-react'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useCall } from '../api/calls.ts'
import { isProblem } from '../api/problem.ts'
import { sentence } from '../api/sentence.ts'
import { useGo } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { paths } from '../paths.ts'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { CodeForm } from './CodeForm.tsx'
import { tidyUploadCode } from './codes.ts'
import { HandInDesk } from './HandInDesk.tsx'
import { RateLimited } from './RateLimited.tsx'

/** Often enough that a window an examiner moves is seen before it matters. */
const LOOK_AGAIN_MS = 30_000

/** Hands in a file with a code and no account. */
export function HandInPage() {
  const { code: asked } = useParams({ strict: false }) as { code?: string }
  const code = tidyUploadCode(asked ?? '')
  return code === '' ? <Ask /> : <WithCode key={code} code={code} />
}

function Ask({ code, onSame, children }: { code?: string; onSame?: () => void; children?: ReactNode }) {
  const go = useGo()
  return (
    <Page width="narrow">
      <PageHead title="Hand in a file" />
      <Stack gap="md">
        {children}
        <Paper p="lg">
          <CodeForm
            label="Your code"
            description="It stands on the slip your examiner gave you. Upper and lower case, spaces and hyphens do not matter. You need no account."
            placeholder="ABCDE FGHJK"
            verb="Continue"
            {...(code === undefined ? {} : { start: code })}
            onCode={(typed) => {
              const next = tidyUploadCode(typed)
              // The same again: the examiner may have made it meanwhile.
              if (next === code) onSame?.()
              else go(paths.handIn(next))
            }}
          />
        </Paper>
        <Text size="sm">
          You have a receipt and want to see it again?{' '}
          <Anchor component={RouteLink} to={paths.receipt()} size="sm" underline="always">
            Look at a receipt
          </Anchor>
        </Text>
      </Stack>
    </Page>
  )
}

function WithCode({ code }: { code: string }) {
  const hand_in = useCall(getHandIn, { params: { code } }, { refetch_ms: LOOK_AGAIN_MS })
  if (hand_in.data !== undefined)
    return (
      <HandInDesk code={code} hand_in={hand_in.data} received_at_ms={hand_in.dataUpdatedAt} onLook={() => void hand_in.refetch()}>
        {hand_in.isError && (
          <Alert color="yellow" icon={<IconWifiOff size={18} aria-hidden />} role="status">
            {isProblem(hand_in.error, 'hand_in_code_unknown')
              ? 'This code is not valid any more. Ask your examiner for the new one.'
              : `${sentence(hand_in.error)} The clock goes on by the server’s last answer.`}
          </Alert>
        )}
      </HandInDesk>
    )
  if (hand_in.isPending)
    return (
      <Page width="narrow">
        <LoadingState />
      </Page>
    )
  if (isProblem(hand_in.error, 'hand_in_code_unknown'))
    return (
      <Ask code={code} onSame={() => void hand_in.refetch()}>
        <Alert color="red" title="No exam has this code" role="alert">
          Compare it with your slip letter by letter: a 2 and a Z, a 5 and an S, an 8 and a B look alike. If your examiner gave you a new code, the
          old one no longer works.
        </Alert>
      </Ask>
    )
  if (isProblem(hand_in.error, 'rate_limited'))
    return (
      <Ask code={code} onSame={() => void hand_in.refetch()}>
        <RateLimited error={hand_in.error} onRetry={() => void hand_in.refetch()} />
      </Ask>
    )
  return (
    <Page width="narrow">
      <ErrorState order={1} error={hand_in.error} title="Your exam could not be shown" onRetry={() => void hand_in.refetch()} />
    </Page>
  )
}
