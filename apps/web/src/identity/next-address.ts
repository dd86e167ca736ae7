/** Where to go after signing in: only an address of this very product, never another site that a link smuggled in. */
export function nextAddress(next: string | undefined): string {
  if (next === undefined || !next.startsWith('/') || next.startsWith('//') || next.includes('\\')) return '/'
  const url = new URL(next, 'https://gradus.invalid')
  return url.host === 'gradus.invalid' ? url.pathname + url.search + url.hash : '/'
}
