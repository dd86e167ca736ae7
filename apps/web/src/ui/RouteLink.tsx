import { useRouter } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, MouseEvent, Ref } from 'react'

export interface RouteLinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  /** An address from paths.ts, with its query. */
  to: string
  ref?: Ref<HTMLAnchorElement>
}

/**
 * A link inside the product: a real `<a href>`, so that middle click and "copy link" work, without loading the page anew.
 * Takes whole addresses from paths.ts, which the router's own Link would split into route, parameters and search.
 */
export function RouteLink({ to, onClick, ref, ...rest }: RouteLinkProps) {
  const router = useRouter()
  const go = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (event.defaultPrevented || !isPlain || rest.target === '_blank') return
    event.preventDefault()
    router.history.push(to)
  }
  return <a ref={ref} href={to} onClick={go} {...rest} />
}
