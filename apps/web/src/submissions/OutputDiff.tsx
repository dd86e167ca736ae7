import { type MarkedLine, markDifference, showWhiteSpace } from './mark-difference.ts'
import classes from './Submissions.module.css'

/** A block of text as it is: input, compiler output, error output. Scrolls by keyboard too. */
export function TextBlock({ title, text, empty = 'Nothing' }: { title: string; text: string; empty?: string }) {
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.blockTitle}>{title}</figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre className={classes.block} tabIndex={0}>
        {text === '' ? <em>{empty}</em> : text}
      </pre>
    </figure>
  )
}

function MarkedBlock({ title, lines, side, empty }: { title: string; lines: MarkedLine[]; side: 'got' | 'expected'; empty: string }) {
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.blockTitle}>{title}</figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre className={classes.block} tabIndex={0}>
        {lines.length === 0 && <em>{empty}</em>}
        {lines.map((line) => (
          <span key={line.number} className={`${classes.line} ${line.differs ? classes[side] : ''}`}>
            {line.stretches.map((stretch, n) => {
              const key = n
              const text = line.differs ? showWhiteSpace(stretch.text) : stretch.text
              return stretch.differs ? (
                <mark key={key} className={classes.mark}>
                  {text}
                </mark>
              ) : (
                <span key={key}>{text}</span>
              )
            })}
            {line.differs && !line.is_open && (
              <span className={classes.ending} aria-hidden>
                ⏎
              </span>
            )}
            {'\n'}
          </span>
        ))}
      </pre>
    </figure>
  )
}

/** Expected and printed side by side; lines that differ are tinted, the part that differs is underlined, their white space is shown. */
export function OutputDiff({
  got,
  expected,
  got_title,
  expected_title,
}: {
  got: string
  expected: string
  got_title: string
  expected_title: string
}) {
  const marked = markDifference(got, expected)
  return (
    <div className={classes.pair}>
      <MarkedBlock title={expected_title} lines={marked.expected} side="expected" empty="Nothing" />
      <MarkedBlock title={got_title} lines={marked.got} side="got" empty="Nothing was printed" />
    </div>
  )
}
