import type { Language } from '@gradus/contract/words'
import { useCallback, useEffect, useRef, useState } from 'react'
import { type KeptCode, keep, keptCodeKey, readKept } from './kept-code.ts'
import type { Attempt, Question } from './question.ts'

export interface Draft {
  language: Language
  code: string
  /** When this device last wrote the code down; null where nothing was written by hand yet. */
  kept_at: Date | null
  /** True where this browser refuses to keep anything. */
  is_refused: boolean
  /** Where a fresh editor's text came from: an attempt's number, or null for the starter or this device. */
  from_attempt: number | null
  /** Another tab of this browser changed the same question. */
  is_changed_elsewhere: boolean
  write: (code: string) => void
  choose: (language: Language) => void
  /** Puts code into the editor, in its language. */
  restore: (language: Language, code: string) => void
  takeFromElsewhere: () => void
  ignoreElsewhere: () => void
}

const starterOf = (question: Question, language: Language): string => question.languages.find((each) => each.language === language)?.starter ?? ''

/** The first text of each language: what this device keeps, else the newest attempt, else the starter. */
function firstCode(
  question: Question,
  attempts: readonly Attempt[],
  kept: KeptCode | null,
  language: Language,
): { code: string; from_attempt: number | null } {
  const here = kept?.codes[language]
  if (here !== undefined) return { code: here.code, from_attempt: null }
  const newest = attempts.find((attempt) => attempt.language === language && attempt.code !== null)
  if (newest !== undefined) return { code: newest.code!, from_attempt: newest.attempt_number }
  return { code: starterOf(question, language), from_attempt: null }
}

function firstLanguage(question: Question, attempts: readonly Attempt[], kept: KeptCode | null): Language {
  const offered = question.languages.map((each) => each.language)
  const wanted = [kept?.language, attempts[0]?.language, question.languages.find((each) => each.has_grader)?.language]
  return wanted.find((language) => language != null && offered.includes(language)) ?? offered[0]!
}

/**
 * The code in the editor, one text per language, kept on this device per learner and question within half a second of the
 * last key, and at once when the page goes away.
 */
export function useDraft(learner_id: string, question: Question, attempts: readonly Attempt[]): Draft {
  const [start] = useState(() => {
    const kept = readKept(localStorage, learner_id, question.id)
    const language = firstLanguage(question, attempts, kept)
    const first = firstCode(question, attempts, kept, language)
    const at = kept?.codes[language]?.kept_at
    return { kept: kept ?? { language, codes: {} }, language, ...first, kept_at: at === undefined ? null : new Date(at) }
  })
  const store = useRef<KeptCode>(start.kept)
  const [language, setLanguage] = useState(start.language)
  const [code, setCode] = useState(start.code)
  const [from_attempt, setFromAttempt] = useState(start.from_attempt)
  const [kept_at, setKeptAt] = useState(start.kept_at)
  const [is_refused, setIsRefused] = useState(false)
  const [elsewhere, setElsewhere] = useState<KeptCode | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)

  const flush = useCallback(() => {
    if (timer.current === undefined) return
    clearTimeout(timer.current)
    timer.current = undefined
    const isKept = keep(localStorage, learner_id, question.id, store.current)
    setIsRefused(!isKept)
    if (isKept) setKeptAt(new Date())
  }, [learner_id, question.id])

  const write = useCallback(
    (next: string) => {
      setCode(next)
      setFromAttempt(null)
      store.current.codes[store.current.language] = { code: next, kept_at: new Date().toISOString() }
      clearTimeout(timer.current)
      timer.current = setTimeout(flush, 400)
    },
    [flush],
  )
  const show = (next: Language, text: string) => {
    store.current = { ...store.current, language: next }
    setLanguage(next)
    setCode(text)
  }
  const choose = (next: Language) => {
    const first = firstCode(question, attempts, store.current, next)
    show(next, first.code)
    setFromAttempt(first.from_attempt)
    timer.current ??= setTimeout(flush, 0)
  }
  const restore = (next: Language, text: string) => {
    show(next, text)
    write(text)
  }

  useEffect(() => {
    const onHide = () => document.visibilityState === 'hidden' && flush()
    window.addEventListener('pagehide', flush)
    document.addEventListener('visibilitychange', onHide)
    return () => {
      window.removeEventListener('pagehide', flush)
      document.removeEventListener('visibilitychange', onHide)
      flush()
    }
  }, [flush])
  useEffect(() => {
    const onStorage = (event: StorageEvent) => {
      if (event.key !== keptCodeKey(learner_id, question.id)) return
      const other = readKept(localStorage, learner_id, question.id)
      const present = store.current.codes[store.current.language]?.code
      if (other !== null && other.codes[store.current.language]?.code !== present) setElsewhere(other)
    }
    window.addEventListener('storage', onStorage)
    return () => window.removeEventListener('storage', onStorage)
  }, [learner_id, question.id])

  return {
    language,
    code,
    kept_at,
    is_refused,
    from_attempt,
    is_changed_elsewhere: elsewhere !== null,
    write,
    choose,
    restore,
    takeFromElsewhere: () => {
      if (elsewhere === null) return
      store.current = elsewhere
      const first = firstCode(question, attempts, elsewhere, elsewhere.language)
      show(elsewhere.language, first.code)
      setKeptAt(new Date())
      setElsewhere(null)
    },
    ignoreElsewhere: () => {
      setElsewhere(null)
      write(code)
    },
  }
}
