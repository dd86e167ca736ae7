import { listCourses } from '@gradus/contract/courses'
import type { User } from '@gradus/contract/identity'
import { listQuestions } from '@gradus/contract/questions'
import { listPeople } from '@gradus/contract/roster'
import { useMantineColorScheme } from '@mantine/core'
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData, useSpotlight } from '@mantine/spotlight'
import {
  IconBook2,
  IconChalkboard,
  IconCode,
  IconFileText,
  IconFileUpload,
  IconListDetails,
  IconMoon,
  IconSearch,
  IconServer,
  IconStack2,
  IconUser,
  IconUsers,
} from '@tabler/icons-react'
import { useCall } from '../api/calls.ts'
import { mayWatchQueues } from '../api/session.ts'
import { type CourseOutline, useOptionalCourse } from '../courses/use-course.ts'
import { useMayExamine } from '../exams/use-exam.ts'
import { paths } from '../paths.ts'
import { useGo } from './address.ts'
import { paletteStore } from './palette.ts'

const icon = { size: 20, stroke: 1.6, 'aria-hidden': true } as const

/** Jumps of the present course: its steps, and for staff its pages and people. */
function courseActions(
  course: CourseOutline,
  people: { user_id: string; display_name: string; email: string }[],
  go: (to: string) => void,
): SpotlightActionGroupData[] {
  const steps: SpotlightActionData[] = course.modules.flatMap((module) =>
    module.steps.map((step) => ({
      id: step.id,
      label: step.title,
      description: module.title,
      leftSection: step.kind === 'material' ? <IconFileText {...icon} /> : <IconCode {...icon} />,
      onClick: () => go(paths.step(course.slug, step.id)),
    })),
  )
  const groups: SpotlightActionGroupData[] = [{ group: course.title, actions: steps }]
  if (course.permissions.includes('submissions.read_all')) {
    groups.push({
      group: 'Teach',
      actions: [
        { id: 'teach', label: `Teach ${course.title}`, leftSection: <IconChalkboard {...icon} />, onClick: () => go(paths.teach(course.slug)) },
        {
          id: 'hand-ins',
          label: 'Submissions',
          leftSection: <IconListDetails {...icon} />,
          onClick: () => go(paths.teach(course.slug, 'submissions')),
        },
        { id: 'people', label: 'People', leftSection: <IconUsers {...icon} />, onClick: () => go(paths.teach(course.slug, 'people')) },
      ],
    })
    groups.push({
      group: 'People',
      actions: people.map((person) => ({
        id: `person-${person.user_id}`,
        label: person.display_name,
        description: person.email,
        leftSection: <IconUser {...icon} />,
        onClick: () => go(paths.teachSubmissions(course.slug, { learner: person.user_id })),
      })),
    })
  }
  return groups
}

/** Ctrl K: jump to any course, step, question or student, by name. */
export function CommandPalette({ user }: { user: User }) {
  const mayExamine = useMayExamine(user)
  const go = useGo()
  const { opened } = useSpotlight(paletteStore)
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const course = useOptionalCourse()
  const isStaff = course?.permissions.includes('roster.read') === true
  const courses = useCall(listCourses, {}, { is_enabled: opened })
  const people = useCall(listPeople, { params: { course_id: course?.id ?? '' } }, { is_enabled: opened && isStaff })
  const questions = useCall(listQuestions, { query: {} }, { is_enabled: opened && user.is_creator && course !== null })

  const groups: SpotlightActionGroupData[] = []
  if (course !== null) {
    groups.push(...courseActions(course, people.data?.people ?? [], go))
    if (course.permissions.includes('course.edit')) {
      groups.push({
        group: 'Questions',
        actions: (questions.data?.questions ?? []).map((question) => ({
          id: question.id,
          label: question.title,
          description: question.slug,
          leftSection: <IconCode {...icon} />,
          onClick: () => go(paths.teachQuestion(course.slug, question.id)),
        })),
      })
    }
  }
  groups.push({
    group: 'Courses',
    actions: (courses.data?.courses ?? []).map((each) => ({
      id: each.id,
      label: each.title,
      description: each.slug,
      leftSection: <IconBook2 {...icon} />,
      onClick: () => go(paths.course(each.slug)),
    })),
  })
  const pages: SpotlightActionData[] = [
    { id: 'join', label: 'Join a course', leftSection: <IconBook2 {...icon} />, onClick: () => go(paths.join()) },
    { id: 'account', label: 'Account', leftSection: <IconUser {...icon} />, onClick: () => go(paths.account()) },
    {
      id: 'colours',
      label: colorScheme === 'dark' ? 'Light colours' : 'Dark colours',
      leftSection: <IconMoon {...icon} />,
      onClick: () => setColorScheme(colorScheme === 'dark' ? 'light' : 'dark'),
    },
  ]
  if (user.is_creator || user.is_admin)
    pages.push({ id: 'questions', label: 'All questions', leftSection: <IconListDetails {...icon} />, onClick: () => go(paths.questions()) })
  if (mayExamine)
    pages.push({
      id: 'exams',
      label: 'Exams',
      description: 'Boards, codes, files',
      leftSection: <IconFileUpload {...icon} />,
      onClick: () => go(paths.exams()),
    })
  if (mayWatchQueues(user))
    pages.push(
      { id: 'queues', label: 'Queues', description: 'Monitor', leftSection: <IconStack2 {...icon} />, onClick: () => go(paths.adminQueues()) },
      {
        id: 'queue-settings',
        label: 'Queues and graders',
        description: 'Leases, grader accounts',
        leftSection: <IconStack2 {...icon} />,
        onClick: () => go(paths.adminQueueSettings()),
      },
    )
  if (user.is_admin) pages.push({ id: 'system', label: 'System', leftSection: <IconServer {...icon} />, onClick: () => go(paths.adminSystem()) })
  groups.push({ group: 'Pages', actions: pages })

  return (
    <Spotlight
      store={paletteStore}
      actions={groups.filter((group) => group.actions.length > 0)}
      nothingFound="Nothing has this name"
      highlightQuery
      attributes={{ content: { 'aria-label': 'Jump to a page' } }}
      overlayProps={{ backgroundOpacity: 0.35, blur: 0 }}
      transitionProps={{ duration: 100, transition: 'fade' }}
      tagsToIgnore={[]}
      triggerOnContentEditable
      scrollable
      limit={40}
      maxHeight={420}
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: 'Jump to a course, step, question or person',
        'aria-label': 'Jump to a course, step, question or person',
      }}
    />
  )
}
