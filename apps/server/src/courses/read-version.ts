import type { QuestionContent, questionVersion } from '@gradus/contract/questions'
import { type Language, languages } from '@gradus/contract/words'
import type { z } from 'zod'
import type { DbOrTx } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import { joinSpec } from './content.ts'
import { sumPoints } from './points.ts'
import { selectOptionalWhole, type WholeVersionRow } from './queries/questions.ts'

/** A version whole, as those see it who write it and those who grade by it. */
export interface Version {
  version_id: string
  question_id: string
  number: number
  state: 'draft' | 'published'
  content: QuestionContent
  /** Hexadecimal. */
  content_sha256: string
  /** The row of each test by its key. */
  test_case_ids: Map<string, string>
  created_at: string
  updated_at: string
  published_at: string | null
}

/** The draft of a question. @throws problem no_draft */
export async function readDraft(db: DbOrTx, question_id: string): Promise<Version> {
  const row = await selectOptionalWhole(db, { question_id, state: 'draft' })
  if (row === undefined) throw problem('no_draft')
  return whole(row)
}

/** A version by its id, draft or published. @throws problem not_found */
export async function readVersionContent(db: DbOrTx, version_id: string): Promise<Version> {
  const row = await selectOptionalWhole(db, { id: version_id })
  if (row === undefined) throw problem('not_found')
  return whole(row)
}

/** A version by its number; drafts only where `with_draft`. @throws problem not_found */
export async function readVersion(
  db: DbOrTx,
  { question_id, number, with_draft }: { question_id: string; number: number; with_draft: boolean },
): Promise<Version> {
  const row = await selectOptionalWhole(db, { question_id, number })
  if (row === undefined || (row.state === 'draft' && !with_draft)) throw problem('not_found')
  return whole(row)
}

function whole(row: WholeVersionRow): Version {
  const { id, question_id, number, state, kind, title, statement_markdown, spec, tests, created_at, updated_at, published_at } = row
  return {
    version_id: id,
    question_id,
    number,
    state,
    content: { title, statement_markdown, spec: joinSpec({ kind, spec, tests: tests.map(({ id: _, ...test }) => test) }) },
    content_sha256: row.content_sha256.toString('hex'),
    test_case_ids: new Map(tests.map((test) => [test.key, test.id])),
    created_at,
    updated_at,
    published_at,
  }
}

/** Languages in the contract's order: JSON in the database keeps none. */
export const inOrder = (some: readonly string[]): Language[] => languages.filter((language) => some.includes(language))

/** A version in the contract's shape, `questionVersion`. */
export function versionReply(version: Version): z.input<typeof questionVersion> {
  const { title, spec } = version.content
  const { number, state, content, content_sha256, created_at, updated_at, published_at } = version
  return {
    id: version.version_id,
    ...{ number, state, content, content_sha256, created_at, updated_at, published_at, title },
    kind: spec.kind,
    points_possible: sumPoints(spec.tests.map((test) => test.points)),
    test_count: spec.tests.length,
    languages: inOrder(Object.keys(spec.languages)),
  }
}
