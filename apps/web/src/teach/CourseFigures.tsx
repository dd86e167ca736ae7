import { type ActivityBucket, type AggregateStats, activityBuckets } from '@gradus/contract/progress'
import { Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { percentText } from '../ui/percent.ts'
import { TimeText } from '../ui/TimeText.tsx'
import { FigureLink } from './FigureLink.tsx'
import classes from './Learners.module.css'

export const bucketWords: Record<ActivityBucket, string> = {
  day: 'In the last 24 hours',
  week: '1 to 7 days ago',
  month: '7 to 30 days ago',
  older: '30 days ago or longer',
  never: 'Never',
}

/** The course at one look: how many, how far, and when they were last here. */
export function CourseFigures({ stats: { summary, as_of } }: { stats: AggregateStats }) {
  const { enrolled, completed_course, avg_progress_percent, median_progress_percent } = summary
  const share = (count: number): string => (enrolled === 0 ? '' : `${percentText((count / enrolled) * 100)} of them`)
  return (
    <section aria-labelledby="figures">
      <Title order={2} size="h3" id="figures" mb={2}>
        In numbers
      </Title>
      <Text size="sm" c="dimmed" mb={8}>
        Enrolled students only: guests, staff and people who left are not counted. As of <TimeText at={as_of} />.
      </Text>
      <dl className={classes.cards}>
        <Card name="Enrolled" note={enrolled === 1 ? 'learner' : 'learners'}>
          <FigureLink filters={{}}>{enrolled}</FigureLink>
        </Card>
        <Card name="Completed the course" note={share(completed_course)}>
          <FigureLink filters={{ progress: 'done' }}>{completed_course}</FigureLink>
        </Card>
        <Card name="Average progress" note="of the published steps">
          {enrolled === 0 ? '–' : <FigureLink filters={{ sort: '-progress' }}>{percentText(avg_progress_percent)}</FigureLink>}
        </Card>
        <Card name="Median progress" note="half of them are further">
          {enrolled === 0 ? '–' : <FigureLink filters={{ sort: 'progress' }}>{percentText(median_progress_percent)}</FigureLink>}
        </Card>
      </dl>
      {enrolled > 0 && <LastActive counts={summary.last_active_distribution} enrolled={enrolled} />}
    </section>
  )
}

function Card({ name, note, children }: { name: string; note: string; children: ReactNode }) {
  return (
    <div className={classes.card}>
      <dt>{name}</dt>
      <dd className={classes.value}>{children}</dd>
      <dd className={classes.note}>{note}</dd>
    </div>
  )
}

function LastActive({ counts, enrolled }: { counts: Record<ActivityBucket, number>; enrolled: number }) {
  return (
    <>
      <Title order={3} size="h4" mt="md" mb={6}>
        Last active
      </Title>
      <div className={classes.bar} aria-hidden>
        {activityBuckets.map((bucket) => counts[bucket] > 0 && <span key={bucket} data-bucket={bucket} style={{ flexGrow: counts[bucket] }} />)}
      </div>
      <ul className={classes.legend} aria-label="Last active">
        {activityBuckets.map((bucket) => (
          <li key={bucket}>
            <span className={classes.swatch} data-bucket={bucket} />
            <span>
              {bucketWords[bucket]}:{' '}
              <FigureLink filters={{ active: bucket }}>
                <b>{counts[bucket]}</b>
              </FigureLink>{' '}
              ({percentText((counts[bucket] / enrolled) * 100)})
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}
