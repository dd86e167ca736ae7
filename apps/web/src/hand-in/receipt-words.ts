import type { Receipt, ReceiptState } from '@gradus/contract/exams'
import { IconArrowBackUp, IconCircleCheck, IconHash, IconTrash } from '@tabler/icons-react'
import { exactTime } from '../ui/time.ts'
import type { Look } from '../ui/Verdict.tsx'

/** What became of a receipt's file, by colour, icon and word. */
export const receiptLooks: Record<ReceiptState, Look> = {
  kept: { word: 'Handed in', color: 'green', icon: IconCircleCheck },
  promised: { word: 'Only its hash so far', color: 'orange', icon: IconHash },
  superseded: { word: 'Superseded', color: 'gray', icon: IconArrowBackUp },
  deleted: { word: 'File deleted', color: 'gray', icon: IconTrash },
}

/** What that means for its holder, in a sentence. */
export function receiptSentence({ state, bytes_until, bytes_deleted_at, deletes_at, time_zone }: Receipt, now: Date): string {
  const at = (instant: string) => exactTime(new Date(instant), time_zone)
  if (state === 'promised') {
    const isOver = bytes_until !== null && Date.parse(bytes_until) <= now.getTime()
    return isOver
      ? 'The bytes did not arrive in time. This file is not handed in.'
      : `The hash was recorded in time. The file counts once its bytes arrive${bytes_until === null ? '' : `, at the latest ${at(bytes_until)}`}.`
  }
  if (state === 'superseded') return 'A later file took the place of this one, and its bytes are deleted. The receipt stays valid as a record.'
  if (state === 'deleted')
    return `The file was deleted by policy${bytes_deleted_at === null ? '' : ` on ${at(bytes_deleted_at)}`}: the time for which this exam keeps files was over. What you handed in still counts, and this receipt stays valid as a record.`
  return deletes_at === null
    ? 'This is the file that counts.'
    : `This is the file that counts. It is kept until ${at(deletes_at)}; the receipt stays.`
}
