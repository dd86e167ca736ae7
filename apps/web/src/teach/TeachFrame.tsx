import { Tabs } from '@mantine/core'
import { Outlet, useLocation } from '@tanstack/react-router'
import { useGo } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { useCourse } from '../courses/use-course.ts'
import { paths, type TeachTab, teachTabs } from '../paths.ts'

const labels: Record<TeachTab, string> = { overview: 'Overview', people: 'People', submissions: 'Submissions', settings: 'Settings' }

/** The head and the tabs of the teacher's pages; each tab is an address. */
export function TeachFrame() {
  const course = useCourse()
  const go = useGo()
  const pathname = useLocation({ select: (location) => location.pathname })
  const present = teachTabs.find((tab) => pathname === paths.teach(course.slug, tab)) ?? 'overview'
  return (
    <Page width="wide">
      <PageHead
        title={course.title}
        crumbs={[{ label: 'Courses', to: paths.home() }, { label: course.title, to: paths.course(course.slug) }, { label: 'Teach' }]}
      />
      <Tabs value={present} onChange={(tab) => go(paths.teach(course.slug, (tab as TeachTab | null) ?? 'overview'))} keepMounted={false}>
        <Tabs.List mb="md">
          {teachTabs.map((tab) => (
            <Tabs.Tab key={tab} value={tab}>
              {labels[tab]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={present}>
          <Outlet />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
