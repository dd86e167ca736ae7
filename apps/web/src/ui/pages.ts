import { useState } from 'react'

const sizes = ['50', '200'] as const

/** Where a reader stands in a list that the server gives page by page, and how to move. */
export interface Pages {
  /** The part of the request's query that asks for this page. */
  readonly query: { readonly limit: number; readonly cursor?: string }
  /** One-based; 1 is the newest page. */
  readonly number: number
  readonly size: (typeof sizes)[number]
  readonly sizes: typeof sizes
  newer(): void
  older(next_cursor: string): void
  /** Back to the newest page, for when a filter changed what the cursors meant. */
  restart(): void
  resize(size: string): void
}

/** Keeps the cursors that led here, because a cursor only knows the way to older rows. */
export function usePages(): Pages {
  const [cursors, setCursors] = useState<readonly string[]>([])
  const [size, setSize] = useState<(typeof sizes)[number]>('50')
  const cursor = cursors.at(-1)
  return {
    query: { limit: Number(size), ...(cursor === undefined ? {} : { cursor }) },
    number: cursors.length + 1,
    size,
    sizes,
    newer: () => setCursors(cursors.slice(0, -1)),
    older: (next_cursor) => setCursors([...cursors, next_cursor]),
    restart: () => setCursors([]),
    resize: (chosen) => {
      setCursors([])
      setSize(sizes.find((each) => each === chosen) ?? '50')
    },
  }
}
