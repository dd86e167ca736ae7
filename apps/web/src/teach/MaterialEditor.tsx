import { getStep, updateStep } from '@gradus/contract/courses'
import { Button, Group, Input, SimpleGrid, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useChange } from '../api/calls.ts'
import { CodeEditor } from '../ui/CodeEditor.tsx'
import { Markdown } from '../ui/Markdown.tsx'
import { KeptNote } from './KeptNote.tsx'
import { SaveError } from './SaveError.tsx'
import type { Step } from './StepPage.tsx'
import classes from './Teach.module.css'
import { UnsavedGuard } from './UnsavedGuard.tsx'
import { useFound, useKeep } from './use-kept.ts'
import { useSaveKey } from './use-save-key.ts'

const isText = (value: unknown): value is string => typeof value === 'string'

/** The text of a material with what students see beside it. */
export function MaterialEditor({ step }: { step: Step }) {
  const save = useChange(updateStep, [getStep])
  const stored = step.body_markdown ?? ''
  const [written, setWritten] = useState<string | null>(null)
  const [isNoted, setIsNoted] = useState(false)
  const [found, drop] = useFound(`step.${step.id}`, isText)
  const isRefused = useKeep(`step.${step.id}`, written === null || written === stored ? null : { value: written, base: null })
  const body_markdown = written ?? found?.value ?? stored
  const isChanged = body_markdown !== stored
  const store = async (): Promise<boolean> => {
    await save.mutateAsync({ params: { step_id: step.id }, body: { body_markdown } })
    drop()
    notifications.show({ color: 'green', message: 'The material is saved.' })
    return true
  }
  const quietly = (): void => void store().catch(() => undefined)
  useSaveKey(() => isChanged && quietly())
  return (
    <Stack gap="sm">
      <UnsavedGuard isUnsaved={() => isChanged} consequence="This device keeps it and shows it when you come back." onSave={store} />
      {found !== null && isChanged && !isNoted && (
        <KeptNote
          kept_at={found.kept_at}
          onLeaveIt={() => setIsNoted(true)}
          onDrop={() => {
            drop()
            setWritten(stored)
          }}
        />
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Stack gap={4}>
          <Input.Label labelElement="div">Text in Markdown</Input.Label>
          <CodeEditor value={body_markdown} onChange={setWritten} language="markdown" label="Text of the material in Markdown" height="50vh" />
        </Stack>
        <Stack gap={4}>
          <Input.Label labelElement="div">What students see</Input.Label>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
          <section aria-label="What students see" tabIndex={0} className={`${classes.preview} ${classes.editing}`} style={{ padding: 16 }}>
            {body_markdown.trim() === '' ? (
              <Text c="dimmed" size="sm">
                The text stands here as students read it. Headings begin with #, code stands between backticks, pictures and tables work.
              </Text>
            ) : (
              <Markdown>{body_markdown}</Markdown>
            )}
          </section>
        </Stack>
      </SimpleGrid>
      <SaveError error={save.error} />
      <Group>
        <Button loading={save.isPending} disabled={!isChanged} onClick={quietly} aria-keyshortcuts="Control+S Meta+S">
          Save the material
        </Button>
        <Text size="sm" c="dimmed" aria-live="polite">
          {isChanged ? (isRefused ? 'Not saved yet' : 'Not saved yet; kept on this device') : 'Saved'}
        </Text>
      </Group>
    </Stack>
  )
}
