import { Badge } from '@mantine/core'
import { Outlet, useLocation } from '@tanstack/react-router'
import { Page, PageHead } from '../app/PageHead.tsx'
import { mayIn, useCourse } from '../courses/use-course.ts'
import { paths, type TeachTab, teachTabs } from '../paths.ts'
import { TabLinks } from './TabLinks.tsx'

const labels: Record<TeachTab, string> = {
  overview: 'Outline',
  learners: 'Learners',
  people: 'People',
  submissions: 'Submissions',
  settings: 'Settings',
}
/** For those who make the course. */
const makers: readonly TeachTab[] = ['learners', 'settings']
const states = {
  draft: { color: 'gray', word: 'Draft' },
  published: { color: 'green', word: 'Published' },
  archived: { color: 'gray', word: 'Archived' },
} as const

/** The head of the teacher's pages and the way between them; each is an address of its own. */
export function TeachFrame() {
  const course = useCourse()
  const pathname = useLocation({ select: (location) => location.pathname })
  const present = teachTabs.find((tab) => pathname === paths.teach(course.slug, tab)) ?? 'overview'
  const state = states[course.state]
  const tabs = teachTabs.filter((tab) => !makers.includes(tab) || mayIn(course, 'course.edit'))
  return (
    <Page width="wide">
      <PageHead
        title={course.title}
        crumbs={[{ label: 'Courses', to: paths.home() }, { label: 'Teach' }]}
        aside={
          <Badge color={state.color} variant="light" tt="none" radius="sm">
            {state.word}
          </Badge>
        }
      />
      <TabLinks label="Teach" items={tabs.map((tab) => ({ to: paths.teach(course.slug, tab), label: labels[tab], is_here: tab === present }))} />
      <Outlet />
    </Page>
  )
}
