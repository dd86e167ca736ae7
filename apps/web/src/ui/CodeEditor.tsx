import type { Language } from '@gradus/contract/words'
import { lazy, Suspense } from 'react'
import classes from './CodeEditor.module.css'

/** What the editor colours: a language of the graders, or Markdown, or plain text. */
export type EditorLanguage = Language | 'markdown' | 'text'

export interface CodeEditorProps {
  value: string
  onChange?: (value: string) => void
  language: EditorLanguage
  /** What a screen reader calls the field. */
  label: string
  font_size?: number
  is_read_only?: boolean
  /** Any CSS length; `100%` fills the parent, `auto` grows with the text. */
  height?: string
  /** Called for Ctrl/Cmd+Enter and Ctrl/Cmd+Shift+Enter, which then do nothing else. */
  onRun?: () => void
  onHandIn?: () => void
  /** Scrolls to this line (from 1) and marks it; a new object scrolls again. */
  go_to?: { line: number } | null
}

const load = () => import('./CodeMirrorEditor.tsx')
const Editor = lazy(load)

/** Starts fetching the editor, on pages that will surely need it. A failure shows when the editor is rendered. */
export const preloadEditor = (): void => void load().catch(() => undefined)

/** A code field. The editor itself arrives when first needed; until then the text is shown as it is, at the same size. */
export function CodeEditor(props: CodeEditorProps) {
  return (
    <Suspense
      fallback={
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <pre className={classes.waiting} tabIndex={0} style={{ height: props.height, fontSize: props.font_size }} aria-busy="true">
          {props.value}
        </pre>
      }
    >
      <Editor {...props} />
    </Suspense>
  )
}
