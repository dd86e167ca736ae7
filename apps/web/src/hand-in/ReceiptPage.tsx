import { getDownloadAddress, getReceipt, type Receipt } from '@gradus/contract/exams'
import { Alert, Button, Group, Paper, Stack } from '@mantine/core'
import { IconDownload, IconPrinter } from '@tabler/icons-react'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useCall, useChange } from '../api/calls.ts'
import { isProblem } from '../api/problem.ts'
import { useGo } from '../app/address.ts'
import { Page, PageHead, usePageTitle } from '../app/PageHead.tsx'
import { paths } from '../paths.ts'
import { ErrorLine, ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { CodeForm } from './CodeForm.tsx'
import { CompareFile } from './CompareFile.tsx'
import { grouped, tidyReceiptCode } from './codes.ts'
import classes from './HandIn.module.css'
import { RateLimited } from './RateLimited.tsx'
import { ReceiptSheet } from './ReceiptSheet.tsx'

/** A receipt to print, to fetch the file with, and to check a file against. */
export function ReceiptPage() {
  const { code: asked } = useParams({ strict: false }) as { code?: string }
  const code = tidyReceiptCode(asked ?? '')
  return code === '' ? <Ask /> : <WithCode key={code} code={code} />
}

function Ask({ code, onSame, children }: { code?: string; onSame?: () => void; children?: ReactNode }) {
  const go = useGo()
  return (
    <Page width="narrow">
      <PageHead title="Look at a receipt" />
      <Stack gap="md">
        {children}
        <Paper p="lg">
          <CodeForm
            label="Verification code"
            description="It stands on the receipt. Upper and lower case, spaces and hyphens do not matter."
            placeholder="ABCD EFGH JKLM …"
            verb="Show the receipt"
            is_verbatim
            {...(code === undefined ? {} : { start: code })}
            onCode={(typed) => {
              const next = tidyReceiptCode(typed)
              if (next === code) onSame?.()
              else go(paths.receipt(next))
            }}
          />
        </Paper>
      </Stack>
    </Page>
  )
}

function WithCode({ code }: { code: string }) {
  const receipt = useCall(getReceipt, { params: { verification_code: code } })
  if (receipt.data !== undefined) return <Shown receipt={receipt.data} />
  if (receipt.isPending)
    return (
      <Page width="narrow">
        <LoadingState />
      </Page>
    )
  if (isProblem(receipt.error, 'receipt_unknown'))
    return (
      <Ask code={code} onSame={() => void receipt.refetch()}>
        <Alert color="red" title="No receipt has this code" role="alert">
          Compare it with what you printed, saved or photographed. An upload code from a slip is something else: that one hands in files.
        </Alert>
      </Ask>
    )
  if (isProblem(receipt.error, 'rate_limited'))
    return (
      <Ask code={code} onSame={() => void receipt.refetch()}>
        <RateLimited error={receipt.error} onRetry={() => void receipt.refetch()} />
      </Ask>
    )
  return (
    <Page width="narrow">
      <ErrorState order={1} error={receipt.error} title="The receipt could not be shown" onRetry={() => void receipt.refetch()} />
    </Page>
  )
}

function Shown({ receipt }: { receipt: Receipt }) {
  // Browsers name a printed or saved page by its title.
  usePageTitle(`Receipt ${grouped(receipt.verification_code)}`)
  const fetching = useChange(getDownloadAddress, [getReceipt])
  const download = async () => {
    const { download_url } = await fetching.mutateAsync({ params: { verification_code: receipt.verification_code } })
    // Always an attachment: the page stays where it is.
    window.location.assign(download_url)
  }
  return (
    <Page width="narrow">
      <div className={classes.noPrint}>
        <PageHead title="Receipt" />
      </div>
      <Stack gap="lg">
        <ReceiptSheet receipt={receipt}>
          <Stack gap="xs" className={classes.noPrint}>
            <Group>
              <Button variant="default" leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => window.print()}>
                Print or save as PDF
              </Button>
              {receipt.state === 'kept' && (
                <Button
                  variant="default"
                  leftSection={<IconDownload size={16} aria-hidden />}
                  loading={fetching.isPending}
                  onClick={() => void download().catch(() => undefined)}
                >
                  Download the file
                </Button>
              )}
            </Group>
            <ErrorLine error={fetching.error} />
          </Stack>
        </ReceiptSheet>
        <div className={classes.noPrint}>
          <CompareFile receipt={receipt} />
        </div>
      </Stack>
    </Page>
  )
}
