import type { ReplyOf } from '@gradus/contract/endpoint'
import { createQuestion, getQuestion, getQuestionVersion, getTrial, listQuestions, saveDraft } from '@gradus/contract/questions'
import { type Dispatch, type SetStateAction, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useChange } from '../api/calls.ts'
import { asProblem, fieldProblems, isProblem } from '../api/problem.ts'
import { placesOf } from './problem-places.ts'
import { contentOf, type DraftProblems, draftOf, emptyDraft, isQuestionDraft, type QuestionDraft } from './question-draft.ts'
import { useFound, useKeep } from './use-kept.ts'

export type Question = ReplyOf<typeof getQuestion>
export type Version = ReplyOf<typeof getQuestionVersion>

export interface Author {
  draft: QuestionDraft
  setDraft: Dispatch<SetStateAction<QuestionDraft>>
  /** What stops it from being saved, as far as anybody has tried. */
  problems: DraftProblems
  error: unknown
  is_changed: boolean
  /** Asked when the page goes: the newest answer, not the last painted one. */
  isUnsaved: () => boolean
  is_saving: boolean
  /** When this device kept what the page opened with, and the server does not have; null where nothing was found. */
  found_at: string | null
  is_refused: boolean
  /** What the server had when the author last loaded or saved. */
  base_sha256: string | null
  /** What the server has now, where someone else saved meanwhile. */
  conflict_sha256: string | null
  /** Saves; the saved version, or null where something must be put right first. Rejects where the server refuses. */
  save: () => Promise<Version | null>
  /** Makes the new question; its id, or null where something must be put right first. */
  create: (slug: string) => Promise<string | null>
  /** Saves over what someone else saved. */
  overwrite: () => Promise<Version | null>
  /** Drops what this device had kept and shows what was stored when the page opened. */
  dropFound: () => void
  /** Drops what was written here and shows what the server has. */
  takeStored: (version: Version) => void
}

const sameDraft = (a: QuestionDraft, b: QuestionDraft): boolean => JSON.stringify(a) === JSON.stringify(b)

/** The draft of a question on the author's page: kept on the device while unsaved, saved against what the server had. */
export function useAuthor(question: Question | null, version: Version | null): Author {
  const make = useChange(createQuestion, [listQuestions])
  const store = useChange(saveDraft, [getQuestion, getQuestionVersion, getTrial, listQuestions])
  const name = `question.${question?.id ?? 'new'}`
  const [found, drop] = useFound(name, isQuestionDraft)
  const [opened] = useState(() => (version === null ? emptyDraft() : draftOf(version.content)))
  /** The draft as it was last loaded or saved. By identity: comparing a question of 200 tests on every key would be felt. */
  const [saved, setSaved] = useState(opened)
  const isFoundNew = found !== null && !sameDraft(found.value, opened)
  const [draft, setDraft] = useState(isFoundNew ? found.value : opened)
  const [base, setBase] = useState(isFoundNew ? found.base : (version?.content_sha256 ?? null))
  /** Whether somebody has tried to save: from then on what stops it is told while they write. */
  const [isTried, setIsTried] = useState(false)
  /** What the server, or the page beside the draft, said of exactly this draft. */
  const [said, setSaid] = useState<{ of: QuestionDraft; problems: DraftProblems } | null>(null)
  const problems = useMemo(() => {
    const made = isTried ? contentOf(draft) : null
    return { ...(made !== null && 'problems' in made ? made.problems : {}), ...(said?.of === draft ? said.problems : {}) }
  }, [draft, isTried, said])
  const is_changed = draft !== saved
  const is_refused = useKeep(name, is_changed ? { value: draft, base } : null)
  const latest = useRef(is_changed)
  latest.current = is_changed

  const show = useCallback(
    (next: Version): void => {
      const shown = draftOf(next.content)
      setSaved(shown)
      setDraft(shown)
      setBase(next.content_sha256)
      setIsTried(false)
      drop()
    },
    [drop],
  )
  // Saved from another window while nothing is unsaved here: show that. Writing on from an old state would only meet a refusal.
  useEffect(() => {
    if (version !== null && !is_changed && version.content_sha256 !== base) show(version)
  }, [version, is_changed, base, show])

  const checked = () => {
    const made = contentOf(draft)
    setIsTried('problems' in made)
    setSaid(null)
    return 'problems' in made ? null : made.content
  }
  /** What the server says of fields is shown at their places. */
  const told = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      setSaid({ of: draft, problems: placesOf(fieldProblems(error)) })
      throw error
    })
  const saveOver = async (base_sha256: string | null): Promise<Version | null> => {
    const content = checked()
    if (content === null || question === null) return null
    const stored = await told(store.mutateAsync({ params: { question_id: question.id }, body: { content, base_sha256 } }))
    latest.current = false
    setBase(stored.content_sha256)
    setSaved(draft)
    drop()
    return stored
  }
  const create = async (slug: string): Promise<string | null> => {
    const content = checked()
    if (slug.trim() === '') setSaid({ of: draft, problems: { slug: 'Give the question a short name.' } })
    if (content === null || slug.trim() === '') return null
    const made = await told(make.mutateAsync({ body: { slug, content } }))
    latest.current = false
    setSaved(draft)
    drop()
    return made.id
  }
  const conflict = isProblem(store.error, 'draft_changed') ? asProblem(store.error)?.details.content_sha256 : undefined
  return {
    draft,
    setDraft,
    problems,
    error: make.error ?? store.error,
    is_changed,
    isUnsaved: () => latest.current,
    is_saving: make.isPending || store.isPending,
    found_at: isFoundNew ? found.kept_at : null,
    is_refused,
    base_sha256: base,
    conflict_sha256: typeof conflict === 'string' ? conflict : null,
    save: () => saveOver(base),
    create,
    overwrite: () => saveOver(typeof conflict === 'string' ? conflict : base),
    dropFound: () => {
      if (version !== null) return show(version)
      setDraft(saved)
      setIsTried(false)
      drop()
    },
    takeStored: (next) => {
      store.reset()
      show(next)
    },
  }
}
