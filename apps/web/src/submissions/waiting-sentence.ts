import type { Progress } from '@gradus/contract/submissions'
import type { Language } from '@gradus/contract/words'
import { languageNames } from '../ui/languages.ts'
import type { Piece } from './verdict-sentence.ts'

const testsWord = (count: number): string => (count === 1 ? 'test' : 'tests')

export interface Awaited {
  language: Language
  /** Tests that will be run. */
  total: number
  is_run: boolean
  is_external: boolean
}

/** What is going on, before there is an outcome. */
export function waitingPieces(progress: Progress | null, { language, total, is_run, is_external }: Awaited): Piece[] {
  if (progress === null) return [{ text: 'Asking where it stands.' }]
  const { ahead } = progress
  switch (progress.state) {
    case 'queued':
      if (is_external) {
        const place = ahead === null || ahead === 0 ? 'you are next' : `${ahead} ${ahead === 1 ? 'hand-in' : 'hand-ins'} before yours`
        return [{ text: `Waits for an external grader: ${place}. ${is_run ? 'You' : 'Your work is stored; you'} need not stay here.` }]
      }
      if (!progress.has_grader)
        return [
          {
            text: `No grading machine for ${languageNames[language]} is connected right now. ${is_run ? 'This will run' : 'Your work is stored and will be graded'} as soon as one is back; you need not stay here.`,
          },
        ]
      if (ahead === null || ahead === 0) return [{ text: 'You are next.' }]
      return [{ text: `Waiting: about ${ahead} ${ahead === 1 ? 'program' : 'programs'} before yours.` }]
    case 'grading':
      if (is_external) return [{ text: 'An external grader has it now.' }]
      return [{ text: `Running: ${progress.finished.length} of ${total} ${testsWord(total)} done.` }]
    case 'retrying':
      return [{ text: 'The grader failed, not your code. We are trying again; this attempt is not counted unless it is graded.' }]
    case 'needs_staff':
      return [{ text: 'The grader failed, not your code. The staff of your course can see it and will start it again; this attempt is not counted.' }]
    case 'handed_in':
      return [{ text: 'Handed in. People grade it.' }]
    case 'graded':
      return [{ text: 'Graded.' }]
  }
}
