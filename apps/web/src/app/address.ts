import { useLocation, useParams, useRouter } from '@tanstack/react-router'
import { useCallback } from 'react'

/** Goes to an address from paths.ts. */
export function useGo(): (to: string, options?: { replace?: boolean }) => void {
  const router = useRouter()
  return useCallback((to, options) => (options?.replace === true ? router.history.replace(to) : router.history.push(to)), [router])
}

/** Parameters of the present route by name; fails loudly where the route has no such parameter. */
export function useRouteParams<K extends string>(...names: K[]): Record<K, string> {
  const params = useParams({ strict: false }) as Record<string, string | undefined>
  for (const name of names) if (params[name] === undefined) throw new Error(`this route has no parameter ${name}`)
  return params as Record<K, string>
}

/**
 * The words after `?`, and a way to change them: every filter and tab stands in the address. An empty value takes its word
 * away; a change replaces the entry in the history, so that "back" leaves the page.
 */
export function useSearchWords(): [Record<string, string>, (change: Record<string, string | null | undefined>) => void] {
  const words = useLocation({ select: (location) => location.search }) as Record<string, string>
  const router = useRouter()
  const change = useCallback(
    (values: Record<string, string | null | undefined>) => {
      const next = new URLSearchParams(router.history.location.search)
      for (const [key, value] of Object.entries(values)) {
        if (value === null || value === undefined || value === '') next.delete(key)
        else next.set(key, value)
      }
      const search = next.toString()
      // Only words after `?` change: the reader stays where they are on the page.
      void router.navigate({ href: router.history.location.pathname + (search === '' ? '' : `?${search}`), replace: true, resetScroll: false })
    },
    [router],
  )
  return [words, change]
}
