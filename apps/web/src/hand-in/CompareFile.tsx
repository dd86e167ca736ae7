import { Alert, Text, Title } from '@mantine/core'
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { sizeText } from '../ui/size.ts'
import { DropZone } from './DropZone.tsx'
import classes from './HandIn.module.css'
import { hashAside } from './hash-aside.ts'

interface Compared {
  filename: string
  size_bytes: number
  /** Null while it is computed, or where the file could not be read. */
  sha256: string | null
  is_failed: boolean
}

/** Compares a file with a receipt, or with what was handed in, on this device: nothing is uploaded. */
export function CompareFile({ receipt, what = 'receipt' }: { receipt: { size_bytes: number; sha256: string }; what?: string }) {
  const [compared, setCompared] = useState<Compared | null>(null)
  const running = useRef<AbortController | null>(null)
  useEffect(() => () => running.current?.abort(), [])
  const compare = (file: File): void => {
    running.current?.abort()
    const control = new AbortController()
    running.current = control
    const facts = { filename: file.name, size_bytes: file.size }
    const show = (sha256: string | null, is_failed: boolean) => {
      if (!control.signal.aborted) setCompared({ ...facts, sha256, is_failed })
    }
    show(null, false)
    hashAside(file, () => undefined, control.signal).then(
      (sha256) => show(sha256, false),
      () => show(null, true),
    )
  }
  return (
    <section aria-labelledby="compare">
      <Title order={2} size="h3" id="compare" mb={8}>
        Check a file against this {what}
      </Title>
      <DropZone verb="Choose a file to check" types={[]} is_quiet onFile={compare}>
        The file stays on this device: only its size and SHA-256 are compared here.
      </DropZone>
      <div role="status" style={{ marginTop: 12 }}>
        {compared !== null && <Outcome compared={compared} receipt={receipt} />}
      </div>
    </section>
  )
}

function Outcome({ compared, receipt }: { compared: Compared; receipt: { size_bytes: number; sha256: string } }) {
  const { filename, size_bytes, sha256, is_failed } = compared
  if (is_failed)
    return (
      <Alert color="red" title="The file cannot be read">
        “<bdi>{filename}</bdi>” has changed, moved or gone. Choose it again.
      </Alert>
    )
  if (sha256 === null) return <Text size="sm">Computing the SHA-256 …</Text>
  const isEqual = sha256 === receipt.sha256 && size_bytes === receipt.size_bytes
  return isEqual ? (
    <Alert color="green" icon={<IconCircleCheck size={18} aria-hidden />} title="Equal">
      “<bdi>{filename}</bdi>” is, to the last byte, the file that was handed in.
    </Alert>
  ) : (
    <Alert color="red" icon={<IconCircleX size={18} aria-hidden />} title="Not equal">
      “<bdi>{filename}</bdi>” is another file, or was changed since:{' '}
      {size_bytes === receipt.size_bytes
        ? 'it has the same size and other bytes.'
        : `it has ${sizeText(size_bytes)}, what was handed in has ${sizeText(receipt.size_bytes)}.`}
      <div className={classes.hash}>{sha256}</div>
    </Alert>
  )
}
