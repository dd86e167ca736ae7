import { type Language, languages } from '@gradus/contract/words'

/** What this device keeps of one learner's work on one question: the chosen language and the code in each. */
export interface KeptCode {
  language: Language
  codes: Partial<Record<Language, { code: string; kept_at: string }>>
}

/** The part of Storage that is needed; tests bring their own. */
export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

const ofLearner = (learner_id: string): string => `gradus.code.${learner_id}.`
const keyOf = (learner_id: string, assignment_question_id: string): string => ofLearner(learner_id) + assignment_question_id

/** The key under which the code is kept: other tabs' storage events name it. */
export const keptCodeKey = keyOf

const isLanguage = (value: unknown): value is Language => typeof value === 'string' && (languages as readonly string[]).includes(value)

/** Reads what is kept, or null where nothing is, or nothing that can be understood. Never throws: storage may be blocked. */
export function readKept(store: Store, learner_id: string, assignment_question_id: string): KeptCode | null {
  try {
    const value: unknown = JSON.parse(store.getItem(keyOf(learner_id, assignment_question_id)) ?? 'null')
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
export function keep(store: Store, learner_id: string, assignment_question_id: string, kept: KeptCode): boolean {
  try {
    store.setItem(keyOf(learner_id, assignment_question_id), JSON.stringify(kept))
    return true
  } catch {
    return false
  }
}

/**
 * Gives the code that is kept for one learner to another, who was a guest before: in each language the later text stays. What this
 * browser refuses to keep stays where it is.
 */
export function moveKept(store: Store, from: string, to: string): void {
  const names = Array.from({ length: store.length }, (_, i) => store.key(i)).filter((key) => key?.startsWith(ofLearner(from)) === true)
  for (const question_id of names.map((key) => key!.slice(ofLearner(from).length))) {
    const left = readKept(store, from, question_id)
    const own = readKept(store, to, question_id)
    if (left === null || keep(store, to, question_id, own === null ? left : merged(left, own))) store.removeItem(keyOf(from, question_id))
  }
}

function merged(left: KeptCode, own: KeptCode): KeptCode {
  const codes = { ...own.codes }
  for (const language of languages) {
    const [mine, other] = [own.codes[language], left.codes[language]]
    if (other !== undefined && (mine === undefined || other.kept_at > mine.kept_at)) codes[language] = other
  }
  const isLeftLater = (codes[left.language]?.kept_at ?? '') > (codes[own.language]?.kept_at ?? '')
  return { language: isLeftLater ? left.language : own.language, codes }
}
