import type { Entry, SetAside } from '@gradus/client/outbox'
import { Button, Group, Modal, Stack, Text, Title } from '@mantine/core'
import { refusalOf } from '../api/problem.ts'
import { ConfirmButton } from '../ui/ConfirmButton.tsx'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { TimeText } from '../ui/TimeText.tsx'
import classes from './Kept.module.css'
import type { Kept } from './kept.ts'
import { entryWords } from './kept-words.ts'
import { discard, sendAgain } from './outbox.ts'

/** A list of thousands helps nobody and slows the page; the rest is counted. */
const SHOWN = 50

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone

function More({ count }: { count: number }) {
  return count <= SHOWN ? null : <Text size="sm">And {count - SHOWN} more.</Text>
}

function MadeAt({ entry }: { entry: Entry }) {
  if (entry.made_at === '') return null
  return (
    <Text size="sm" c="dimmed">
      <TimeText at={entry.made_at} zone={zone} />
    </Text>
  )
}

function Refused({ entry }: { entry: SetAside }) {
  return (
    <li className={classes.entry}>
      <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
        {entryWords(entry)}
      </Text>
      <MadeAt entry={entry} />
      <ErrorLine error={refusalOf(entry)} />
      <Group gap="xs" mt={6}>
        <Button size="compact-sm" variant="default" onClick={() => void sendAgain(entry.id)} aria-label={`Try again: ${entryWords(entry)}`}>
          Try again
        </Button>
        <ConfirmButton
          size="compact-sm"
          variant="default"
          title="Discard this?"
          consequence={`“${entryWords(entry)}” was not done, and this device forgets it. Code in the editor stays.`}
          verb="Discard"
          onConfirm={() => discard(entry.id)}
          aria-label={`Discard: ${entryWords(entry)}`}
        >
          Discard
        </ConfirmButton>
      </Group>
    </li>
  )
}

/** What this device keeps and the server has not: what waits, in order, and what was refused, with the reason. */
export function KeptList({ kept, is_open, onClose }: { kept: Kept; is_open: boolean; onClose: () => void }) {
  const { waiting, set_aside } = kept
  return (
    <Modal opened={is_open} onClose={onClose} title="Kept on this device" size="lg">
      <Stack gap="md">
        {waiting.length === 0 && set_aside.length === 0 && <Text>The server has everything you did here.</Text>}
        {waiting.length > 0 && (
          <section aria-labelledby="kept-waiting">
            <Title order={3} size="h4" id="kept-waiting">
              To be sent, in this order
            </Title>
            <ol className={classes.entries}>
              {waiting.slice(0, SHOWN).map((entry) => (
                <li key={entry.id} className={classes.entry}>
                  <Text style={{ overflowWrap: 'anywhere' }}>{entryWords(entry)}</Text>
                  <MadeAt entry={entry} />
                </li>
              ))}
            </ol>
            <More count={waiting.length} />
            <Text size="sm" c="dimmed" mt="xs">
              Each is sent until the server has it, also after you closed this page and came back. However often it is sent, it counts once.
            </Text>
          </section>
        )}
        {set_aside.length > 0 && (
          <section aria-labelledby="kept-refused">
            <Title order={3} size="h4" id="kept-refused">
              Refused
            </Title>
            <ul className={classes.entries}>
              {set_aside.slice(0, SHOWN).map((entry) => (
                <Refused key={entry.id} entry={entry} />
              ))}
            </ul>
            <More count={set_aside.length} />
          </section>
        )}
      </Stack>
    </Modal>
  )
}
