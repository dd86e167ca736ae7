import type { AggregateStats, EnrolledLearners } from '@gradus/contract/progress'
import { Text, Title } from '@mantine/core'
import { percentText } from '../ui/percent.ts'
import { FigureLink } from './FigureLink.tsx'
import classes from './Learners.module.css'
import { filterOf, isAt } from './learner-filter.ts'

type Module = AggregateStats['modules'][number]

/** How many reached and completed each module, how many fewer than the module before, and who has stopped there. */
export function Funnel({ stats, list }: { stats: AggregateStats; list: EnrolledLearners | undefined }) {
  const { enrolled } = stats.summary
  if (enrolled === 0 || stats.total_steps === 0) return null
  return (
    <section aria-labelledby="funnel">
      <Title order={2} size="h3" id="funnel" mb={2}>
        Module by module
      </Title>
      <Text size="sm" c="dimmed" mb={4}>
        Reached: did anything in the module. Completed: every step of it is done. Stopped here: did nothing later, and nothing at all for 14 days.
      </Text>
      <ol className={classes.funnel}>
        {stats.modules.map((module, i) => (
          <li key={module.module_id}>
            <span className={classes.moduleName}>
              <bdi>{module.title}</bdi>
            </span>
            {module.step_count === 0 ? (
              <Text size="sm" c="dimmed">
                No published steps yet
              </Text>
            ) : (
              <>
                <div className={classes.pair}>
                  <Bar module={module} at="reached" count={module.reached_learners} enrolled={enrolled} />
                  <Bar module={module} at="completed" count={module.completed_learners} enrolled={enrolled} />
                </div>
                <Lost module={module} before={stats.modules.slice(0, i).findLast((each) => each.step_count > 0)} list={list} />
              </>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}

function Bar({ module, at, count, enrolled }: { module: Module; at: 'reached' | 'completed'; count: number; enrolled: number }) {
  const percent = (count / enrolled) * 100
  return (
    <>
      <div className={classes.track} aria-hidden>
        <span className={classes[at]} style={{ width: `${percent}%` }} />
      </div>
      <span>
        <FigureLink filters={{ module: module.module_id, at }}>
          <b>{count}</b> {at}
        </FigureLink>{' '}
        ({percentText(percent)})
      </span>
    </>
  )
}

function Lost({ module, before, list }: { module: Module; before: Module | undefined; list: EnrolledLearners | undefined }) {
  const lost = before === undefined ? 0 : before.reached_learners - module.reached_learners
  const place = list === undefined ? null : filterOf({ module: module.module_id, at: 'stopped' }, list.steps).place
  const stopped = place === null ? null : list!.learners.filter((learner) => isAt(learner, place, list!.as_of)).length
  return (
    <Text size="sm" component="div" className="tabular">
      {lost > 0 && (
        <div>
          {lost} fewer than before ({percentText((lost / before!.reached_learners) * 100)})
        </div>
      )}
      {stopped !== null && (
        <div>
          {stopped === 0 ? (
            <Text span size="sm" c="dimmed">
              Nobody stopped here
            </Text>
          ) : (
            <FigureLink filters={{ module: module.module_id, at: 'stopped' }}>
              <b>{stopped}</b> stopped here
            </FigureLink>
          )}
        </div>
      )}
    </Text>
  )
}
