import type { BoardLine } from '@gradus/contract/exams'
import { Group, Text, Title } from '@mantine/core'
import { CopyText } from '../ui/CopyText.tsx'
import { clockText } from './BoardGrid.tsx'
import { nameOf, newestOf } from './board-lines.ts'
import classes from './Exams.module.css'

const NEWEST = 5
/** The whole list is one press away in the grid, and in what is copied. */
const MISSING = 50

interface Props {
  lines: readonly BoardLine[]
  zone: string
  onOpen: (candidate_id: string) => void
}

function Name({ line, onOpen }: { line: BoardLine; onOpen: (candidate_id: string) => void }) {
  return (
    <button type="button" className={classes.nameLink} onClick={() => onOpen(line.candidate_id)}>
      <bdi>{nameOf(line)}</bdi>
    </button>
  )
}

/** The last five files, and who is missing. */
export function BoardSide({ lines, zone, onOpen }: Props) {
  const newest = newestOf(lines, NEWEST)
  const missing = lines.filter((line) => line.last === null)
  const copied = missing.map((line) => `${line.nickname}\t${nameOf(line)}`).join('\n')
  return (
    <div className={classes.side}>
      <section aria-labelledby="newest">
        <Title order={2} size="h4" id="newest" mb={4}>
          Last five
        </Title>
        {newest.length === 0 ? (
          <Text size="sm" c="dimmed">
            No file has come yet.
          </Text>
        ) : (
          <ol className={classes.lines}>
            {newest.map((line) => (
              <li key={line.candidate_id}>
                <span className="tabular">{clockText(line.last!.handed_in_at, zone)}</span> <Name line={line} onOpen={onOpen} />
              </li>
            ))}
          </ol>
        )}
      </section>
      <section aria-labelledby="missing">
        <Group gap={6} mb={4}>
          <Title order={2} size="h4" id="missing">
            Missing, {missing.length}
          </Title>
          {missing.length > 0 && <CopyText value={copied} what="the list of missing candidates" />}
        </Group>
        {missing.length === 0 ? (
          <Text size="sm" c="dimmed">
            Everybody has handed in.
          </Text>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          <ol className={`${classes.lines} ${classes.missing}`} tabIndex={0} aria-label="Missing candidates">
            {missing.slice(0, MISSING).map((line) => (
              <li key={line.candidate_id}>
                <Name line={line} onOpen={onOpen} />{' '}
                <Text span size="xs" c="dimmed">
                  <bdi>{line.nickname}</bdi>
                </Text>
              </li>
            ))}
            {missing.length > MISSING && <li>and {missing.length - MISSING} more</li>}
          </ol>
        )}
      </section>
    </div>
  )
}
