import { Alert, Text } from '@mantine/core'
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { type Reset, resetSentence } from './reset-report.ts'

/** What became of the jobs that were chosen; it stays until it is read. */
export function ResetReport({ reset, onDone }: { reset: Reset; onDone: () => void }) {
  const isClean = reset.errors.length === 0
  return (
    <Alert
      color={isClean ? 'green' : 'orange'}
      icon={isClean ? <IconCheck size={18} aria-hidden /> : <IconAlertTriangle size={18} aria-hidden />}
      title={resetSentence(reset)}
      role="status"
      withCloseButton
      closeButtonLabel="Close the report"
      onClose={onDone}
    >
      <Text size="sm">
        {reset.reset.length > 0 && 'What was put back waits again and counts its deliveries anew. '}
        {reset.skipped.length > 0 && 'Skipped were jobs that have not failed, and trial runs, which end when they fail.'}
      </Text>
      {!isClean && (
        <ul style={{ margin: '4px 0 0', paddingInlineStart: 20, fontSize: 13 }}>
          {reset.errors.map(({ id, message }) => (
            <li key={id}>
              <span className="mono">{id}</span>: {message}
            </li>
          ))}
        </ul>
      )}
    </Alert>
  )
}
