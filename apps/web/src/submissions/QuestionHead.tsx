import { ActionIcon, Button, Group, Title, Tooltip } from '@mantine/core'
import { useNetwork } from '@mantine/hooks'
import { IconChevronLeft, IconChevronRight, IconDeviceFloppy, IconHistory, IconWifiOff, type Icon as TablerIcon } from '@tabler/icons-react'
import { Crumbs, usePageTitle } from '../app/PageHead.tsx'
import { Availability } from '../courses/Availability.tsx'
import { type CourseOutline, mayIn } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { Points } from '../ui/Points.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { relativeTime } from '../ui/time.ts'
import { useNow } from '../ui/use-now.ts'
import { attemptsText, type Question } from './question.ts'
import classes from './Submissions.module.css'
import type { Draft } from './use-draft.ts'

/** Where my words are: on this device, or nowhere, and whether the server can be reached. */
function SavedState({ draft }: { draft: Draft }) {
  const now = useNow()
  const { online } = useNetwork()
  const icon = { size: 15, stroke: 1.8, 'aria-hidden': true } as const
  const [Icon, words, long] = draft.is_refused
    ? [IconDeviceFloppy, 'Not kept', 'This browser keeps nothing for this site. Copy your code somewhere before you leave.']
    : !online
      ? [
          IconWifiOff,
          'Offline, kept on this device',
          'You can go on writing and hand in. All of it is kept in this browser and goes out when the connection is back.',
        ]
      : draft.kept_at === null
        ? [
            IconDeviceFloppy,
            draft.from_attempt === null ? 'Nothing changed yet' : `From attempt ${draft.from_attempt}`,
            'As soon as you write, your code is kept in this browser.',
          ]
        : [
            IconDeviceFloppy,
            `Kept on this device, ${relativeTime(draft.kept_at, now)}`,
            'Your code is kept in this browser on this device. What you hand in is kept on the server.',
          ]
  return (
    <Tooltip label={long}>
      <span style={{ display: 'inline-flex', alignItems: 'center', gap: 4 }}>
        <Icon {...icon} />
        {words}
      </span>
    </Tooltip>
  )
}

/** The way to a neighbouring question; a grey sign where there is none. */
function Sibling({ to, label, icon: Icon }: { to: string | null; label: string; icon: TablerIcon }) {
  const sign = <Icon size={18} aria-hidden />
  return to === null ? (
    <ActionIcon disabled variant="default" size={30} aria-label={label}>
      {sign}
    </ActionIcon>
  ) : (
    <ActionIcon component={RouteLink} to={to} variant="default" size={30} aria-label={label}>
      {sign}
    </ActionIcon>
  )
}

interface Props {
  course: CourseOutline
  question: Question
  /** The question's place among its siblings, from 1. */
  number: number
  /** Null where nothing is written here. */
  draft: Draft | null
  attempt_count: number
  /** Null where the attempts stand on the page itself. */
  onHistory: (() => void) | null
}

/** The top line: where I am, points, attempts left, due, saved state; and the way to the neighbours and to my attempts. */
export function QuestionHead({ course, question, number, draft, attempt_count, onHistory }: Props) {
  usePageTitle(question.title)
  const step = course.modules.flatMap((module) => module.steps).find((each) => each.id === question.step_id)
  const count = question.siblings.length
  const to = (n: number) => paths.question(course.slug, question.assignment.id, n)
  const left = question.attempts_left
  return (
    <header className={classes.head}>
      <Crumbs
        items={[
          { label: 'Courses', to: paths.home() },
          { label: course.title, to: paths.course(course.slug) },
          { label: step?.title ?? question.assignment.title, to: paths.step(course.slug, question.step_id) },
          ...(count > 1 ? [{ label: `Question ${number} of ${count}` }] : []),
        ]}
      />
      <div className={classes.headRow}>
        <Title order={1} className={classes.title} dir="auto">
          {question.title}
        </Title>
        <span style={{ flex: 1 }} />
        <Group gap={6} wrap="nowrap">
          {mayIn(course, 'course.edit') && (
            <Button component={RouteLink} to={paths.teachQuestion(course.slug, question.question_id)} variant="default" size="compact-sm">
              Edit
            </Button>
          )}
          {onHistory !== null && (
            <Button variant="default" size="compact-sm" leftSection={<IconHistory size={16} aria-hidden />} onClick={onHistory}>
              Attempts{attempt_count > 0 ? ` (${attempt_count})` : ''}
            </Button>
          )}
          {count > 1 && <Sibling to={number > 1 ? to(number - 1) : null} label="Question before" icon={IconChevronLeft} />}
          {count > 1 && <Sibling to={number < count ? to(number + 1) : null} label="Question after" icon={IconChevronRight} />}
        </Group>
      </div>
      <div className={classes.facts}>
        <strong>
          <Points got={question.my_points} of={question.points_possible} />
        </strong>
        <span>
          {left === null
            ? question.attempts_used === 0
              ? 'Any number of attempts'
              : `${attemptsText(question.attempts_used)} so far`
            : `${attemptsText(left)} left`}
        </span>
        <Availability times={question.assignment} zone={question.course_time_zone} />
        {draft !== null && <SavedState draft={draft} />}
      </div>
    </header>
  )
}
