import { lazy, Suspense } from 'react'
import type { EditorLanguage } from './CodeEditor.tsx'
import { LoadingState } from './LoadingState.tsx'

export interface CodeDiffProps {
  before: string
  after: string
  /** What a screen reader calls the two sides. */
  before_label: string
  after_label: string
  language: EditorLanguage
  /** One column with removed lines above added ones; two columns otherwise. */
  is_unified?: boolean
}

const Diff = lazy(() => import('./CodeMirrorDiff.tsx'))

/** Two texts against each other, unchanged stretches folded away. */
export function CodeDiff(props: CodeDiffProps) {
  return (
    <Suspense fallback={<LoadingState shape="rows" />}>
      <Diff {...props} />
    </Suspense>
  )
}
