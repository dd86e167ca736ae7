import type { Submission } from '@gradus/contract/submissions'
import { Text } from '@mantine/core'
import facts from '../admin/Admin.module.css'
import { CompareFile } from '../hand-in/CompareFile.tsx'
import handIn from '../hand-in/HandIn.module.css'
import { sizeText } from '../ui/size.ts'
import { TimeText } from '../ui/TimeText.tsx'

/** What is known of a file that was handed in. It is downloaded to be looked at: nothing a student sent is shown on our pages. */
export function SubmittedFile({ submission: s, file, zone }: { submission: Submission; file: NonNullable<Submission['file']>; zone: string }) {
  return (
    <>
      <dl className={facts.facts}>
        <dt>File</dt>
        <dd>
          <bdi>{file.filename}</bdi>
        </dd>
        <dt>Size</dt>
        <dd>{sizeText(s.size_bytes)}</dd>
        <dt>SHA-256</dt>
        <dd className={handIn.hash}>{s.content_sha256}</dd>
        {file.md5 !== null && (
          <>
            <dt>MD5</dt>
            <dd className={handIn.hash}>{file.md5}</dd>
          </>
        )}
        {file.superseded_at !== null && (
          <>
            <dt>Superseded</dt>
            <dd>
              <TimeText at={file.superseded_at} zone={zone} />, by a later file
            </dd>
          </>
        )}
        {file.bytes_deleted_at !== null && (
          <>
            <dt>Deleted</dt>
            <dd>
              <TimeText at={file.bytes_deleted_at} zone={zone} />; name, size and hashes stay
            </dd>
          </>
        )}
      </dl>
      <Text size="sm" c="dimmed">
        People grade this file. Download it to look inside.
      </Text>
      <div style={{ maxWidth: 640 }}>
        <CompareFile receipt={{ size_bytes: s.size_bytes, sha256: s.content_sha256 }} what="hand-in" />
      </div>
    </>
  )
}
