import type { Outcome } from '@gradus/contract/submissions'
import { Text } from '@mantine/core'
import { Points } from '../ui/Points.tsx'
import classes from './Submissions.module.css'

/** An external grader's own words come with its points; there are no single tests to tell of. */
export const isExternal = (outcome: Outcome | null): boolean => outcome?.sandbox === 'external'

/** What an external grader said, in a frame of its own that scrolls inside: whatever it holds, the page around it keeps its shape. */
export function GraderMessage({ html }: { html: string }) {
  return (
    <section className={classes.figure} aria-label="What the grader says">
      <p className={classes.blockTitle}>What the grader says</p>
      <div
        className={classes.said}
        dir="auto"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        // biome-ignore lint/security/noDangerouslySetInnerHtml: the server lets through a list of harmless tags and attributes, and nothing else
        dangerouslySetInnerHTML={{ __html: html }}
      />
    </section>
  )
}

/** What came of an external grading: points, the grader's message, and who graded. */
export function ExternalOutcome({ outcome, has_points = true }: { outcome: Outcome; has_points?: boolean }) {
  const [test] = outcome.tests
  const html = test?.detail.message_html ?? ''
  return (
    <div className={classes.detail}>
      {has_points && (
        <Text size="sm" mb={8} className="tabular">
          <Points got={outcome.points} of={outcome.points_possible} />
        </Text>
      )}
      {html === '' ? (
        <Text size="sm" c="dimmed">
          {test?.is_hidden === true ? 'What the grader said is not shown for this question.' : 'The grader gave no reasons.'}
        </Text>
      ) : (
        <GraderMessage html={html} />
      )}
    </div>
  )
}
