import { listOpenCourses } from '@gradus/contract/courses'
import { Paper, Text, Title } from '@mantine/core'
import { useCall } from '../api/calls.ts'
import { paths } from '../paths.ts'
import { RouteLink } from '../ui/RouteLink.tsx'
import classes from './Courses.module.css'

/** Courses that anybody may go through. Nothing where there are none: this is an offer, and no page depends on it. */
export function OpenCourses({ title, text, without = [] }: { title: string; text: string; without?: readonly string[] }) {
  const open = useCall(listOpenCourses, {})
  const courses = (open.data?.courses ?? []).filter((course) => !without.includes(course.id))
  if (courses.length === 0) return null
  return (
    <section aria-labelledby="open-courses">
      <Title order={2} size="h3" id="open-courses">
        {title}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {text}
      </Text>
      <Paper>
        <ul className={classes.rows}>
          {courses.map((course) => (
            <li key={course.id} className={classes.row}>
              <div className={classes.stepText}>
                <RouteLink to={paths.course(course.slug)} className={classes.rowLink} dir="auto">
                  {course.title}
                </RouteLink>
                {course.summary !== '' && (
                  <Text size="sm" c="dimmed" lineClamp={2} dir="auto">
                    {course.summary}
                  </Text>
                )}
              </div>
            </li>
          ))}
        </ul>
      </Paper>
    </section>
  )
}
