import { type Language, languages } from '@gradus/contract/words'

/** What this device keeps of one person's work on one question: the chosen language and the code in each. */
export interface KeptCode {
  language: Language
  codes: Partial<Record<Language, { code: string; kept_at: string }>>
}

/** The part of Storage that is needed; tests bring their own. */
export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

const keyOf = (user_id: string, assignment_question_id: string): string => `gradus.code.${user_id}.${assignment_question_id}`

/** The key under which the code is kept: other tabs' storage events name it. */
export const keptCodeKey = keyOf

const isLanguage = (value: unknown): value is Language => typeof value === 'string' && (languages as readonly string[]).includes(value)

/** Reads what is kept, or null where nothing is, or nothing that can be understood. Never throws: storage may be blocked. */
export function readKept(store: Store, user_id: string, assignment_question_id: string): KeptCode | null {
  try {
    const value: unknown = JSON.parse(store.getItem(keyOf(user_id, assignment_question_id)) ?? 'null')
    if (typeof value !== 'object' || value === null) return null
    const { language, codes } = value as Partial<KeptCode>
    if (!isLanguage(language) || typeof codes !== 'object' || codes === null) return null
    const kept: KeptCode = { language, codes: {} }
    for (const [name, entry] of Object.entries(codes)) {
      if (isLanguage(name) && typeof entry?.code === 'string' && typeof entry.kept_at === 'string')
        kept.codes[name] = { code: entry.code, kept_at: entry.kept_at }
    }
    return kept
  } catch {
    return null
  }
}

/** Keeps the code; false where this browser refuses (storage full or switched off), so that the page can say so. */
export function keep(store: Store, user_id: string, assignment_question_id: string, kept: KeptCode): boolean {
  try {
    store.setItem(keyOf(user_id, assignment_question_id), JSON.stringify(kept))
    return true
  } catch {
    return false
  }
}
