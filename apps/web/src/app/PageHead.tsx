import { Anchor, Group, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { RouteLink } from '../ui/RouteLink.tsx'
import classes from './Shell.module.css'

export interface Crumb {
  label: string
  /** Left out for the place one is at. */
  to?: string
}

/** Where am I: course > module > step, as links. */
export function Crumbs({ items }: { items: Crumb[] }) {
  if (items.length === 0) return null
  return (
    <nav aria-label="Breadcrumb" className={classes.crumbs}>
      <ol>
        {items.map((item) => (
          <li key={item.label + (item.to ?? '')}>
            {item.to === undefined ? (
              <Text span size="sm" c="dimmed" dir="auto">
                {item.label}
              </Text>
            ) : (
              <Anchor component={RouteLink} to={item.to} size="sm" dir="auto">
                {item.label}
              </Anchor>
            )}
          </li>
        ))}
      </ol>
    </nav>
  )
}

/** Sets the title of the browser's tab. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Gradus`
  }, [title])
}

interface Props {
  title: string
  crumbs?: Crumb[]
  /** Beside the title: a badge or a state. */
  aside?: ReactNode
  /** At the right: the page's buttons. */
  actions?: ReactNode
}

/** The head of a page: breadcrumb, the only h1, its actions. Sets the tab's title too. */
export function PageHead({ title, crumbs = [], aside, actions }: Props) {
  usePageTitle(title)
  return (
    <header className={classes.pageHead}>
      <Crumbs items={crumbs} />
      <Group justify="space-between" align="center" gap="sm">
        <Group gap="sm" style={{ minWidth: 0, flex: '1 1 240px' }}>
          <Title order={1} dir="auto" style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Title>
          {aside}
        </Group>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
    </header>
  )
}

/** The width most pages keep; `wide` for tables. */
export function Page({ children, width = 'normal' }: { children: ReactNode; width?: 'narrow' | 'normal' | 'wide' }) {
  return <div className={`${classes.page} ${classes[width]}`}>{children}</div>
}
