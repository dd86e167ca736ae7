import { Anchor } from '@mantine/core'
import { Fragment } from 'react'
import classes from './Submissions.module.css'
import type { Piece } from './verdict-sentence.ts'

/** A verdict's sentence: code in code type, lines as links into the editor. */
export function Sentence({ pieces, onLine }: { pieces: readonly Piece[]; onLine?: (line: number) => void }) {
  return (
    <span dir="auto">
      {pieces.map((piece, n) => {
        const key = n
        if ('code' in piece)
          return (
            <code key={key} className={classes.code}>
              {piece.code}
            </code>
          )
        if ('line' in piece && onLine !== undefined)
          return (
            <Anchor key={key} component="button" type="button" inherit underline="always" onClick={() => onLine(piece.line)}>
              {piece.text}
            </Anchor>
          )
        return <Fragment key={key}>{piece.text}</Fragment>
      })}
    </span>
  )
}
