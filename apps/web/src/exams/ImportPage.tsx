import type { ReplyOf } from '@gradus/contract/endpoint'
import { getBoard, getExam, importCandidates, listCandidates, MAX_IMPORT_ROWS } from '@gradus/contract/exams'
import { Button, FileButton, Group, Stack, Text, Textarea } from '@mantine/core'
import { IconFileTypeCsv } from '@tabler/icons-react'
import { useState } from 'react'
import { useChange } from '../api/calls.ts'
import { usePageTitle } from '../app/PageHead.tsx'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { csvText, lineCount } from './csv-text.ts'
import { ImportErrors, Imported, WouldAdd } from './ImportResults.tsx'
import { useExam } from './use-exam.ts'

export type ImportReply = ReplyOf<typeof importCandidates>

const EXAMPLE = 'nickname,first_name,last_name,email\nal01,Ada,Lovelace,ada@example.org\nsb02,Sean,O’Brien,'

/** Adds candidates from a spreadsheet: looks first, then adds all of them or none. */
export function ImportPage() {
  const exam = useExam()
  usePageTitle(`Import · ${exam.title}`)
  const look = useChange(importCandidates)
  const add = useChange(importCandidates, [getExam, getBoard, listCandidates])
  const [csv, setCsv] = useState('')
  const [file_problem, setFileProblem] = useState<string | null>(null)
  /** What was looked at, and what came of it; it says nothing of a text that was changed since. */
  const [looked, setLooked] = useState<{ csv: string; reply: ImportReply } | null>(null)
  const [imported, setImported] = useState<ImportReply | null>(null)
  const params = { exam_id: exam.id }
  const known = looked?.csv === csv ? looked.reply : null
  const isReady = known !== null && known.error_count === 0 && known.row_count > 0

  const put = (text: string): void => {
    setCsv(text)
    setFileProblem(null)
    look.reset()
    add.reset()
  }
  const take = async (file: File | null): Promise<void> => {
    if (file === null) return
    const text = csvText(new Uint8Array(await file.arrayBuffer()))
    if (text === null)
      setFileProblem(
        `“${file.name}” is not a CSV file in Unicode. In your spreadsheet choose “CSV UTF-8” when saving, so that every name keeps its letters.`,
      )
    else put(text)
  }
  const dryRun = async (): Promise<void> => {
    setImported(null)
    const reply = await look.mutateAsync({ params, body: { csv, is_dry_run: true } })
    setLooked({ csv, reply })
  }
  const commit = async (): Promise<void> => {
    const reply = await add.mutateAsync({ params, body: { csv } })
    if (!reply.is_committed) return setLooked({ csv, reply })
    setImported(reply)
    setCsv('')
    setLooked(null)
  }
  if (imported !== null) return <Imported exam={exam} reply={imported} onMore={() => setImported(null)} />
  return (
    <Stack gap="md" maw={960}>
      <Text size="sm" c="dimmed" maw="72ch">
        With a head line: <span className="mono">nickname</span>, <span className="mono">first_name</span>, <span className="mono">last_name</span>,
        and optionally <span className="mono">email</span> and <span className="mono">upload_code</span>. Separated by comma, semicolon or tab; at
        most {MAX_IMPORT_ROWS.toLocaleString('en-GB')} candidates. Either all are added or none.
      </Text>
      <Textarea
        label="Candidates as CSV"
        description="Paste rows from a spreadsheet with their head line, or choose a file"
        placeholder={EXAMPLE}
        autosize
        minRows={8}
        maxRows={20}
        spellCheck={false}
        value={csv}
        onChange={(event) => put(event.currentTarget.value)}
        error={file_problem}
        classNames={{ input: 'mono' }}
        dir="auto"
      />
      <Group>
        <FileButton onChange={(file) => void take(file)} accept=".csv,.tsv,.txt,text/csv" inputProps={{ 'aria-label': 'CSV file' }}>
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconFileTypeCsv size={16} aria-hidden />}>
              Choose a CSV file
            </Button>
          )}
        </FileButton>
        <Button
          variant={isReady ? 'default' : 'filled'}
          disabled={csv.trim() === ''}
          loading={look.isPending}
          onClick={() => void dryRun().catch(() => undefined)}
        >
          Check{lineCount(csv) > 0 && ` ${lineCount(csv)} ${lineCount(csv) === 1 ? 'row' : 'rows'}`}
        </Button>
        <Button disabled={!isReady} loading={add.isPending} onClick={() => void commit().catch(() => undefined)}>
          {isReady ? `Import ${known.row_count} ${known.row_count === 1 ? 'candidate' : 'candidates'}` : 'Import'}
        </Button>
      </Group>
      <ErrorLine error={look.error ?? add.error} />
      {known !== null && known.error_count > 0 && <ImportErrors reply={known} />}
      {isReady && <WouldAdd reply={known} />}
      {known !== null && known.row_count === 0 && known.error_count === 0 && (
        <Text role="status">There is no line of a candidate below the head line.</Text>
      )}
    </Stack>
  )
}
