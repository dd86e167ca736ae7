import { verifyCertificate } from '@gradus/contract/progress'
import { Alert, Paper, Stack, Text } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useCall } from '../api/calls.ts'
import { isProblem } from '../api/problem.ts'
import { useGo } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { CodeForm } from '../hand-in/CodeForm.tsx'
import { paths } from '../paths.ts'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { CertificateSheet } from './CertificateSheet.tsx'
import { tidySerial } from './serial.ts'

/** For everybody, signed in or not: whether a certificate is real and stands. */
export function VerifyPage() {
  const { serial: asked } = useParams({ strict: false }) as { serial?: string }
  const serial = tidySerial(asked ?? '')
  return (
    <Page width="narrow">
      <PageHead title="Verify a certificate" />
      {serial === '' ? <Ask /> : <WithSerial key={serial} serial={serial} />}
    </Page>
  )
}

function Ask({ serial, onSame, children }: { serial?: string; onSame?: () => void; children?: ReactNode }) {
  const go = useGo()
  return (
    <Stack gap="md">
      {children}
      <Paper p="lg">
        <CodeForm
          label="Serial"
          description="Sixteen characters; it stands on the certificate. Upper and lower case, spaces and hyphens do not matter."
          placeholder="ABCD-EFGH-JKMN-PQRS"
          verb="Verify"
          is_verbatim
          {...(serial === undefined ? {} : { start: serial })}
          onCode={(typed) => {
            const next = tidySerial(typed)
            if (next === serial) onSame?.()
            else go(paths.verify(next))
          }}
        />
      </Paper>
    </Stack>
  )
}

function WithSerial({ serial }: { serial: string }) {
  const call = useCall(verifyCertificate, { params: { serial } })
  if (call.isPending) return <LoadingState rows={5} />
  if (isProblem(call.error, 'not_found'))
    return (
      <Ask serial={serial} onSame={() => void call.refetch()}>
        <Alert color="red" title="No certificate has this serial" role="alert">
          Compare it with the certificate letter by letter. If it is the same, the certificate was not issued here.
        </Alert>
      </Ask>
    )
  if (call.isError) return <ErrorState error={call.error} title="The certificate could not be verified" onRetry={() => void call.refetch()} />
  return (
    <Stack gap="md">
      <CertificateSheet certificate={call.data} learner_name={call.data.learner_name} />
      <Text size="sm" c="dimmed">
        This page comes from the server that issued the certificate, at {window.location.host}. Trust it as far as you trust that address.
      </Text>
    </Stack>
  )
}
