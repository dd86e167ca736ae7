import { lazy, Suspense } from 'react'
import { LoadingState } from './LoadingState.tsx'

const Rendered = lazy(() => import('./MarkdownRendered.tsx'))

/** Markdown (with tables and task lists) as safe HTML; scripts, styles and foreign frames never pass. `heading_level` is what the highest heading becomes. */
export function Markdown({ children, heading_level = 2 }: { children: string; heading_level?: 2 | 3 }) {
  return (
    <Suspense fallback={<LoadingState shape="text" rows={Math.min(6, Math.ceil(children.length / 80))} />}>
      <Rendered text={children} heading_level={heading_level} />
    </Suspense>
  )
}
