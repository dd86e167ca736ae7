import { jobKinds, type QueueDepth } from '@gradus/contract/queues'
import { Button, Group, NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { IconAdjustments } from '@tabler/icons-react'
import { useState } from 'react'
import { SearchField } from '../teach/SearchField.tsx'
import { instantOf, localOf } from '../teach/zoned-time.ts'
import { filterWords, rareWords } from './job-filters.ts'
import { kindNames } from './job-words.ts'

interface Props {
  queues: readonly QueueDepth[]
  words: Record<string, string>
  onFilter: (values: Record<string, string>) => void
}

const here = Intl.DateTimeFormat().resolvedOptions().timeZone

/** A time in the reader's zone; the address keeps the instant, so that it means the same to a colleague elsewhere. */
function TimeField({ label, value, onChange }: { label: string; value: string | undefined; onChange: (instant: string) => void }) {
  const isTime = value !== undefined && !Number.isNaN(Date.parse(value))
  return (
    <TextInput
      type="datetime-local"
      label={label}
      value={isTime ? localOf(value, here) : ''}
      onChange={(e) => onChange(instantOf(e.currentTarget.value, here) ?? '')}
    />
  )
}

/** Search and filters of the jobs; all of them stand in the address. */
export function JobFilters({ queues, words, onFilter }: Props) {
  const rare = rareWords.filter((word) => words[word] !== undefined).length
  const [isOpen, setIsOpen] = useState(rare > 0)
  const isFiltered = filterWords.some((word) => word !== 'state' && words[word] !== undefined)
  const isUnknown = words.queue !== undefined && !queues.some((queue) => queue.name === words.queue)
  return (
    <>
      <Group gap="sm" align="flex-end">
        <div style={{ flex: '1 1 300px', maxWidth: 360 }}>
          <SearchField
            label="Search"
            placeholder="Student, course, item, file, id or pull key"
            value={words.search ?? ''}
            onChange={(search) => onFilter({ search })}
          />
        </div>
        <NativeSelect
          label="Queue"
          data={[
            { value: '', label: 'All' },
            ...(isUnknown ? [{ value: words.queue!, label: `${words.queue} (unknown)` }] : []),
            ...queues.map(({ name }) => ({ value: name, label: name })),
          ]}
          value={words.queue ?? ''}
          onChange={(e) => onFilter({ queue: e.currentTarget.value })}
          maw={260}
        />
        <Button
          variant="default"
          leftSection={<IconAdjustments size={16} aria-hidden />}
          aria-expanded={isOpen}
          aria-controls="rare-filters"
          onClick={() => setIsOpen(!isOpen)}
        >
          More filters{rare > 0 && ` (${rare})`}
        </Button>
        {isFiltered && (
          <Button
            variant="subtle"
            onClick={() => onFilter({ ...Object.fromEntries(filterWords.map((word) => [word, ''])), state: words.state ?? 'all' })}
          >
            Clear the filters
          </Button>
        )}
      </Group>
      <Group gap="sm" align="flex-end" id="rare-filters" hidden={!isOpen} style={isOpen ? undefined : { display: 'none' }}>
        <NativeSelect
          label="Kind"
          data={[{ value: '', label: 'All' }, ...jobKinds.map((kind) => ({ value: kind, label: kindNames[kind] }))]}
          value={words.kind ?? ''}
          onChange={(e) => onFilter({ kind: e.currentTarget.value })}
        />
        <NumberInput
          label="Deliveries, at least"
          min={0}
          max={1_000}
          allowDecimal={false}
          w={150}
          value={words.deliveries ?? ''}
          onChange={(value) => onFilter({ deliveries: value === 0 ? '' : String(value) })}
        />
        <NativeSelect
          label="Answer"
          data={[
            { value: '', label: 'Any' },
            { value: 'yes', label: 'Could not be delivered' },
          ]}
          value={words.undelivered ?? ''}
          onChange={(e) => onFilter({ undelivered: e.currentTarget.value })}
        />
        <TimeField label="Put in since" value={words.since} onChange={(since) => onFilter({ since })} />
        <TimeField label="Put in before" value={words.until} onChange={(until) => onFilter({ until })} />
      </Group>
    </>
  )
}
