import type { User } from '@gradus/contract/identity'
import { ActionIcon, Button, Tooltip } from '@mantine/core'
import {
  IconBook2,
  IconChalkboard,
  IconFileUpload,
  IconHome,
  IconListDetails,
  IconSearch,
  IconServer,
  IconStack2,
  IconUsers,
} from '@tabler/icons-react'
import { Outlet, useLocation } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'
import { mayWatchQueues, useCanRegister, useMe, useOptionalLearner, useSamePerson } from '../api/session.ts'
import { useOptionalCourse } from '../courses/use-course.ts'
import { useMayExamine } from '../exams/use-exam.ts'
import { KeptStrip } from '../outbox/KeptStrip.tsx'
import { paths } from '../paths.ts'
import { RouteLink } from '../ui/RouteLink.tsx'
import { BrandMark } from './BrandMark.tsx'
import { ColorSchemeButton } from './ColorScheme.tsx'
import { CommandPalette } from './CommandPalette.tsx'
import { palette } from './palette.ts'
import classes from './Shell.module.css'
import { UserMenu } from './UserMenu.tsx'

interface NavItem {
  to: string
  label: string
  icon: ReactNode
  isHere: (pathname: string) => boolean
  /** Left out of the phone's bar, where there is room for five. */
  is_wide_only?: boolean
}

const iconProps = { size: 22, stroke: 1.6, 'aria-hidden': true } as const

function navItems(user: User, course: { slug: string; is_staff: boolean } | null, may_examine: boolean): NavItem[] {
  const items: NavItem[] = [{ to: paths.home(), label: 'Courses', icon: <IconHome {...iconProps} />, isHere: (p) => p === '/' }]
  if (course !== null) {
    const teach = paths.teach(course.slug)
    const isTeaching = (p: string) => p === teach || p.startsWith(`${teach}/`)
    items.push({
      to: paths.course(course.slug),
      label: 'Course',
      icon: <IconBook2 {...iconProps} />,
      isHere: (p) => p.startsWith(paths.course(course.slug)) && !isTeaching(p),
    })
    if (course.is_staff) items.push({ to: teach, label: 'Teach', icon: <IconChalkboard {...iconProps} />, isHere: isTeaching })
  }
  if (user.is_creator || user.is_admin) {
    items.push({
      to: paths.questions(),
      label: 'Questions',
      icon: <IconListDetails {...iconProps} />,
      isHere: (p) => p === '/questions',
      is_wide_only: course !== null,
    })
  }
  if (may_examine) {
    items.push({
      to: paths.exams(),
      label: 'Exams',
      icon: <IconFileUpload {...iconProps} />,
      isHere: (p) => p === paths.exams() || p.startsWith(`${paths.exams()}/`),
      is_wide_only: course !== null,
    })
  }
  if (mayWatchQueues(user)) {
    items.push({
      to: paths.adminQueues(),
      label: 'Queues',
      icon: <IconStack2 {...iconProps} />,
      isHere: (p) => p.startsWith('/admin/queues'),
      is_wide_only: course !== null || may_examine,
    })
  }
  if (user.is_admin) {
    items.push({
      to: paths.adminPeople(),
      label: 'Accounts',
      icon: <IconUsers {...iconProps} />,
      isHere: (p) => p === '/admin/people',
      is_wide_only: true,
    })
    items.push({
      to: paths.adminSystem(),
      label: 'System',
      icon: <IconServer {...iconProps} />,
      isHere: (p) => p === '/admin/system',
      is_wide_only: true,
    })
  }
  return items
}

function NavLink({ item, pathname }: { item: NavItem; pathname: string }) {
  return (
    <RouteLink to={item.to} className={classes.item} aria-current={item.isHere(pathname) ? 'page' : undefined}>
      {item.icon}
      <span>{item.label}</span>
    </RouteLink>
  )
}

function SearchItem() {
  return (
    <button type="button" className={classes.item} onClick={palette.open} aria-keyshortcuts="Control+K Meta+K">
      <IconSearch {...iconProps} />
      <span>Search</span>
    </button>
  )
}

/** After a change of page the keyboard and the screen reader start at the new content, not where the old link was. */
function useFocusOnMove(pathname: string) {
  const main = useRef<HTMLElement>(null)
  const before = useRef(pathname)
  useEffect(() => {
    if (before.current === pathname) return
    before.current = pathname
    main.current?.focus({ preventScroll: true })
  }, [pathname])
  return main
}

/** The plain top line for whoever is not signed in. */
function VisitorHead({ is_visitor, pathname }: { is_visitor: boolean; pathname: string }) {
  const canRegister = useCanRegister()
  const next = pathname.startsWith('/c/') ? pathname : undefined
  return (
    <header className={classes.top}>
      <RouteLink to={paths.home()} className={classes.brand}>
        <BrandMark size={26} />
        Gradus
      </RouteLink>
      <span className={classes.spacer} />
      <ColorSchemeButton />
      {is_visitor && next !== undefined && canRegister && (
        <Button component={RouteLink} to={paths.register(next)} size="sm">
          Register
        </Button>
      )}
      {is_visitor && pathname !== paths.signIn() && (
        <Button component={RouteLink} to={paths.signIn(next)} variant="default" size="sm">
          Sign in
        </Button>
      )}
    </header>
  )
}

/** The frame around every page: left rail on wide screens, bar at the bottom on phones, a plain top line for visitors. */
export function Shell({ children }: { children?: ReactNode }) {
  const user = useMe()
  useSamePerson(useOptionalLearner())
  const course = useOptionalCourse()
  const mayExamine = useMayExamine(user)
  const pathname = useLocation({ select: (location) => location.pathname })
  const main = useFocusOnMove(pathname)
  // In one place of the tree, whoever is here: a page stays what it is while its reader signs in.
  const content = (
    <main key="main" id="main" tabIndex={-1} ref={main} className={classes.main} style={{ outline: 'none' }}>
      <KeptStrip />
      {children ?? <Outlet />}
    </main>
  )
  const items = user
    ? navItems(user, course === null ? null : { slug: course.slug, is_staff: course.permissions.includes('submissions.read_all') }, mayExamine)
    : []
  return (
    <>
      <a href="#main" className="skip-link">
        Skip to the content
      </a>
      <div className={user ? classes.shell : classes.visitor}>
        {user ? (
          <nav key="rail" className={classes.rail} aria-label="Main">
            <Tooltip label="Gradus" position="right">
              <ActionIcon component={RouteLink} to={paths.home()} variant="transparent" size={44} mx="auto" aria-label="Gradus, to my courses">
                <BrandMark size={30} />
              </ActionIcon>
            </Tooltip>
            {items.map((item) => (
              <NavLink key={item.to} item={item} pathname={pathname} />
            ))}
            <span className={classes.spacer} />
            <SearchItem />
            <UserMenu user={user} className={classes.item} />
          </nav>
        ) : (
          <VisitorHead key="head" is_visitor={user === null} pathname={pathname} />
        )}
        {content}
        {user && (
          <nav key="bar" className={classes.bar} aria-label="Main">
            {items
              .filter((item) => item.is_wide_only !== true)
              .map((item) => (
                <NavLink key={item.to} item={item} pathname={pathname} />
              ))}
            <SearchItem />
            <UserMenu user={user} className={classes.item} />
          </nav>
        )}
      </div>
      {user && <CommandPalette user={user} />}
    </>
  )
}
