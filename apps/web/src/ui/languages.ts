import type { Language } from '@gradus/contract/words'

/** How each language is called on screen. */
export const languageNames: Record<Language, string> = { python: 'Python', javascript: 'JavaScript', c: 'C', cpp: 'C++', java: 'Java' }
