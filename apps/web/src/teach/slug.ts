/** A short name from a title: letters without their accents, digits, single hyphens, at most 64 characters. */
export const slugFrom = (title: string): string =>
  title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64)
    .replace(/-+$/, '')

/** A short name for titles that have no letters it may use, such as Arabic or Japanese ones: "question-k3f9". */
export const spareSlug = (prefix: string): string => `${prefix}-${Math.random().toString(36).slice(2, 6).padEnd(4, '0')}`
