import type { Language } from '@gradus/contract/words'
import { Badge, Button, Drawer, Group, SegmentedControl, Select, Stack, Tabs, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconHistory } from '@tabler/icons-react'
import { useState } from 'react'
import { CodeDiff } from '../ui/CodeDiff.tsx'
import { CodeEditor } from '../ui/CodeEditor.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { languageNames } from '../ui/languages.ts'
import { Points } from '../ui/Points.tsx'
import { TimeText } from '../ui/TimeText.tsx'
import { HandInState } from '../ui/Verdict.tsx'
import type { Attempt } from './question.ts'
import classes from './Submissions.module.css'

interface Props {
  is_open: boolean
  onClose: () => void
  /** Newest first. */
  attempts: readonly Attempt[]
  zone: string
  /** What stands in the editor now. */
  present: { language: Language; code: string }
  onRestore: (attempt: Attempt) => void
  onShow: (attempt: Attempt) => void
}

const EDITOR = 'editor'

function TimeLine({
  attempts,
  zone,
  onRestore,
  onShow,
  onCompare,
}: Omit<Props, 'is_open' | 'onClose' | 'present'> & { onCompare: (attempt: Attempt) => void }) {
  const [open_id, setOpenId] = useState<string | null>(null)
  return (
    <ol className={classes.timeline} aria-label="Attempts, newest first">
      {attempts.map((attempt) => (
        <li key={attempt.id} className={classes.attempt}>
          <Group gap="xs">
            <Text fw={650} size="sm">
              Attempt {attempt.attempt_number}
            </Text>
            <HandInState state={attempt.state} verdict={attempt.verdict} size="sm" />
            {attempt.points !== null && attempt.points_possible !== null && (
              <Text size="sm">
                <Points got={attempt.points} of={attempt.points_possible} />
              </Text>
            )}
            {attempt.is_late && (
              <Badge color="yellow" variant="light" tt="none" radius="sm" size="sm">
                Late
              </Badge>
            )}
            {attempt.is_voided && (
              <Badge color="gray" variant="light" tt="none" radius="sm" size="sm">
                Does not count
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed">
            <TimeText at={attempt.submitted_at} zone={zone} /> ·{' '}
            {attempt.language === null ? attempt.file?.filename : languageNames[attempt.language]} ·{' '}
            <span className="tabular">{attempt.size_bytes}</span> bytes
          </Text>
          <Group gap={4} mt={4}>
            <Button size="compact-sm" variant="default" onClick={() => onShow(attempt)}>
              Show results
            </Button>
            {attempt.code !== null && (
              <>
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-expanded={open_id === attempt.id}
                  onClick={() => setOpenId(open_id === attempt.id ? null : attempt.id)}
                >
                  {open_id === attempt.id ? 'Hide code' : 'Show code'}
                </Button>
                <Button size="compact-sm" variant="default" onClick={() => onCompare(attempt)}>
                  Compare
                </Button>
                <Button size="compact-sm" variant="default" onClick={() => onRestore(attempt)}>
                  Restore into the editor
                </Button>
              </>
            )}
          </Group>
          {open_id === attempt.id && attempt.code !== null && attempt.language !== null && (
            <div style={{ marginTop: 8 }}>
              <CodeEditor
                value={attempt.code}
                language={attempt.language}
                label={`Code of attempt ${attempt.attempt_number}`}
                height="auto"
                font_size={13}
                is_read_only
              />
            </div>
          )}
        </li>
      ))}
    </ol>
  )
}

function Compare({
  attempts,
  present,
  from,
  to,
  onFrom,
  onTo,
}: Pick<Props, 'attempts' | 'present'> & { from: string; to: string; onFrom: (id: string) => void; onTo: (id: string) => void }) {
  const isNarrow = useMediaQuery('(max-width: 64em)') ?? false
  const [shape, setShape] = useState<string | null>(null)
  const isUnified = (shape ?? (isNarrow ? 'one' : 'two')) === 'one'
  const options = [
    { value: EDITOR, label: 'In the editor now' },
    ...attempts.filter((attempt) => attempt.code !== null).map((attempt) => ({ value: attempt.id, label: `Attempt ${attempt.attempt_number}` })),
  ]
  const codeOf = (id: string) => (id === EDITOR ? present : attempts.find((attempt) => attempt.id === id))
  const labelOf = (id: string) => options.find((option) => option.value === id)?.label ?? ''
  const before = codeOf(from)
  const after = codeOf(to)
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="sm">
        <Select label="From" data={options} value={from} allowDeselect={false} onChange={(id) => id !== null && onFrom(id)} w={180} />
        <Select label="To" data={options} value={to} allowDeselect={false} onChange={(id) => id !== null && onTo(id)} w={180} />
        <SegmentedControl
          aria-label="Columns"
          size="xs"
          value={isUnified ? 'one' : 'two'}
          onChange={setShape}
          data={[
            { value: 'one', label: 'One column' },
            { value: 'two', label: 'Two columns' },
          ]}
        />
      </Group>
      {before != null && after != null && before.code === after.code ? (
        <Text c="dimmed">These two are the same, to the last character.</Text>
      ) : (
        before != null &&
        after != null &&
        after.language !== null && (
          <CodeDiff
            before={before.code ?? ''}
            after={after.code ?? ''}
            before_label={labelOf(from)}
            after_label={labelOf(to)}
            language={after.language}
            is_unified={isUnified}
          />
        )
      )}
    </Stack>
  )
}

/** All my attempts at this question: on a time line, any two against each other, any one back into the editor. */
export function History({ is_open, onClose, attempts, zone, present, onRestore, onShow }: Props) {
  const [tab, setTab] = useState<string | null>('line')
  const withCode = attempts.filter((attempt) => attempt.code !== null)
  const [from, setFrom] = useState<string | null>(null)
  const [to, setTo] = useState(EDITOR)
  const compare = (attempt: Attempt) => {
    const before = withCode.find((each) => each.attempt_number < attempt.attempt_number)
    setFrom(before?.id ?? attempt.id)
    setTo(before === undefined ? EDITOR : attempt.id)
    setTab('compare')
  }
  return (
    <Drawer opened={is_open} onClose={onClose} position="right" size="min(960px, 100%)" title="Your attempts">
      {attempts.length === 0 ? (
        <EmptyState icon={IconHistory} title="No attempts yet">
          Each time you hand in, the code and its results are kept here for good.
        </EmptyState>
      ) : (
        <Tabs value={tab} onChange={setTab} keepMounted={false}>
          <Tabs.List mb="md">
            <Tabs.Tab value="line">Time line</Tabs.Tab>
            <Tabs.Tab value="compare" disabled={withCode.length === 0}>
              Compare
            </Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="line">
            <TimeLine attempts={attempts} zone={zone} onRestore={onRestore} onShow={onShow} onCompare={compare} />
          </Tabs.Panel>
          <Tabs.Panel value="compare">
            {withCode.length > 0 && (
              <Compare attempts={attempts} present={present} from={from ?? withCode[0]!.id} to={to} onFrom={setFrom} onTo={setTo} />
            )}
          </Tabs.Panel>
        </Tabs>
      )}
    </Drawer>
  )
}
