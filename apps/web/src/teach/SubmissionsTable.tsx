import { Anchor, Badge, Table, Text } from '@mantine/core'
import type { CourseOutline } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { languageNames } from '../ui/languages.ts'
import { Points } from '../ui/Points.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { shortSize } from '../ui/size.ts'
import { TimeText } from '../ui/TimeText.tsx'
import { HandInState } from '../ui/Verdict.tsx'
import type { Row } from './SubmissionsPage.tsx'
import classes from './Teach.module.css'

/** Hand-ins, one a row. */
export function SubmissionsTable({ course, rows }: { course: CourseOutline; rows: readonly Row[] }) {
  return (
    <Table className={classes.rows} striped highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Handed in</Table.Th>
          <Table.Th>Student</Table.Th>
          <Table.Th>Question</Table.Th>
          <Table.Th className={classes.number}>Attempt</Table.Th>
          <Table.Th>Language or file</Table.Th>
          <Table.Th>Verdict</Table.Th>
          <Table.Th className={classes.number}>Points</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={row.id}>
            <Table.Td className={classes.fit}>
              <span>
                <Anchor component={RouteLink} to={paths.teachSubmission(course.slug, row.id)} size="sm">
                  <TimeText at={row.submitted_at} zone={course.time_zone} show="absolute" />
                </Anchor>
                {row.is_late && (
                  <Badge ml={6} size="xs" color="orange" variant="light" tt="none">
                    late
                  </Badge>
                )}
                {row.is_voided && (
                  <Badge ml={6} size="xs" color="gray" variant="light" tt="none">
                    not counted
                  </Badge>
                )}
              </span>
            </Table.Td>
            <Table.Td>
              <Anchor component={RouteLink} to={paths.teachSubmissions(course.slug, { learner: row.learner.id })} size="sm" title={row.learner.email}>
                <bdi>{row.learner.display_name}</bdi>
              </Anchor>
            </Table.Td>
            <Table.Td>
              <div>
                <bdi>{row.question_title}</bdi>
                <Text size="xs" c="dimmed">
                  <bdi>{row.assignment_title}</bdi>
                </Text>
              </div>
            </Table.Td>
            <Table.Td data-short data-label="Attempt" className={classes.number}>
              {row.attempt_number}
            </Table.Td>
            <Table.Td data-short>
              {row.language === null ? (
                <div>
                  <bdi>{row.file?.filename}</bdi>
                  <Text size="xs" c="dimmed" className="tabular">
                    {shortSize(row.size_bytes)}
                  </Text>
                </div>
              ) : (
                languageNames[row.language]
              )}
            </Table.Td>
            <Table.Td data-short className={classes.fit}>
              <HandInState state={row.state} verdict={row.verdict} />
            </Table.Td>
            <Table.Td data-short className={classes.number}>
              {row.points === null || row.points_possible === null ? '' : <Points got={row.points} of={row.points_possible} />}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
