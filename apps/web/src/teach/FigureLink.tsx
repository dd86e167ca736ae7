import type { ReactNode } from 'react'
import { useCourse } from '../courses/use-course.ts'
import { type LearnerFilters, paths } from '../paths.ts'
import { RouteLink } from '../ui/RouteLink.tsx'
import classes from './Learners.module.css'

/** The heading of the table of learners, where every figure leads. */
export const TABLE_ID = 'learners'

const showTable = (): void => {
  const heading = document.getElementById(TABLE_ID)
  heading?.focus({ preventScroll: true })
  heading?.scrollIntoView({ block: 'start' })
}

interface Props {
  /** Whom the figure counts. */
  filters: LearnerFilters
  children: ReactNode
  className?: string | undefined
  'aria-label'?: string
}

/** A figure as a link to the people behind it: the table below, narrowed to them. */
export function FigureLink({ filters, children, className = classes.figure, ...rest }: Props) {
  const course = useCourse()
  return (
    <RouteLink
      {...rest}
      to={`${paths.teachLearners(course.slug, filters)}#${TABLE_ID}`}
      className={className}
      // Once the page stands as the new address wants it.
      onClick={() => setTimeout(showTable, 50)}
    >
      {children}
    </RouteLink>
  )
}
