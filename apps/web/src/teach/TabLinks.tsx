import { RouteLink } from '../ui/RouteLink.tsx'
import classes from './Teach.module.css'

/** Pages side by side, as links: they open in another window and can be sent to somebody. */
export function TabLinks({ label, items }: { label: string; items: { to: string; label: string; is_here: boolean }[] }) {
  return (
    <nav aria-label={label} className={classes.tabs}>
      {items.map((item) => (
        <RouteLink key={item.to} to={item.to} className={classes.tab} aria-current={item.is_here ? 'page' : undefined}>
          {item.label}
        </RouteLink>
      ))}
    </nav>
  )
}
