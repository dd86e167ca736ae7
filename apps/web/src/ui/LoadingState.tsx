import { Skeleton, Stack, VisuallyHidden } from '@mantine/core'
import { useEffect, useState } from 'react'

interface Props {
  /** The final shape: a page with a heading and lines, lines of text alone, rows of a table, cards, or the two panes of a question. */
  shape?: 'page' | 'text' | 'rows' | 'cards' | 'panes'
  rows?: number
}

/** A skeleton in the shape of what will come. It stays invisible for 150 ms, so that quick answers do not flicker. */
export function LoadingState({ shape = 'page', rows = 6 }: Props) {
  const [isShown, setIsShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setIsShown(true), 150)
    return () => clearTimeout(timer)
  }, [])
  const lines = Array.from({ length: rows }, (_, n) => n)
  return (
    <div role="status" aria-live="polite" style={{ visibility: isShown ? 'visible' : 'hidden', height: shape === 'panes' ? '100%' : undefined }}>
      <VisuallyHidden>Loading</VisuallyHidden>
      {shape === 'panes' ? (
        <div style={{ display: 'flex', gap: 16, height: '100%', padding: 16 }}>
          <Stack flex={1} gap="sm">
            <Skeleton h={28} w="60%" />
            <Skeleton h={120} />
            <Skeleton h={80} />
          </Stack>
          <Stack flex={1} gap="sm" visibleFrom="sm">
            <Skeleton h={28} w="40%" />
            <Skeleton h={320} />
          </Stack>
        </div>
      ) : (
        <Stack gap={shape === 'rows' ? 8 : 'md'}>
          {shape === 'page' && <Skeleton h={32} w="45%" />}
          {lines.map((n) => (
            <Skeleton
              key={n}
              h={shape === 'cards' ? 96 : shape === 'rows' ? 32 : 18}
              w={shape === 'page' || shape === 'text' ? `${92 - ((n * 13) % 30)}%` : '100%'}
            />
          ))}
        </Stack>
      )}
    </div>
  )
}
