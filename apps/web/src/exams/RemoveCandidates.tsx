import { type Candidate, getBoard, getCandidate, getExam, listCandidates, removeCandidates } from '@gradus/contract/exams'
import { type ButtonProps, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useChange } from '../api/calls.ts'
import { FormButton, ReasonField } from '../ui/FormButton.tsx'
import { nameOf } from './board-lines.ts'

interface Props {
  exam_id: string
  /** Those the dialog is about; who has handed in stays. */
  candidates: readonly Candidate[]
  label: string
  size?: ButtonProps['size']
  onRemoved?: () => void
}

/** Takes back wrong entries, and says before how many go and how many stay. */
export function RemoveCandidates({ exam_id, candidates, label, size, onRemoved }: Props) {
  const change = useChange(removeCandidates, [listCandidates, getBoard, getExam, getCandidate])
  const [reason, setReason] = useState('')
  const leaving = candidates.filter((one) => one.is_removable)
  const candidate_ids = leaving.map(({ id }) => id)
  const named = candidates.length === 1 ? candidates[0]! : null
  const what = named?.nickname ?? countText(leaving.length)
  const send = async () => {
    const { removed_count } = await change.mutateAsync({ params: { exam_id }, body: { candidate_ids, reason } })
    setReason('')
    notifications.show({ color: 'green', message: `${removed_count === 1 ? 'One candidate is' : `${removed_count} candidates are`} removed.` })
    onRemoved?.()
  }
  return (
    <FormButton
      label={label}
      {...(size === undefined ? {} : { size })}
      title={leaving.length === 0 ? 'Nobody can be removed' : `Remove ${what}?`}
      verb={leaving.length === 0 ? 'Remove' : `Remove ${what}`}
      is_red
      is_ready={leaving.length > 0 && reason.trim() !== ''}
      onSend={send}
      is_busy={change.isPending}
      error={change.error}
    >
      <Text size="sm">{named === null ? listSentence(leaving.length, candidates.length) : <OneSentence candidate={named} />}</Text>
      {leaving.length > 0 && <ReasonField value={reason} onChange={setReason} placeholder="Entered by mistake" />}
    </FormButton>
  )
}

const countText = (count: number): string => `${count} ${count === 1 ? 'candidate' : 'candidates'}`

function OneSentence({ candidate }: { candidate: Candidate }) {
  const name = <bdi>{nameOf(candidate)}</bdi>
  if (!candidate.is_removable)
    return <>{name} has handed in or promised a file, so the entry stays with its receipts. Correct the name, or swap with whoever it was.</>
  return <>{name} has handed in nothing. The code stops working at once, and a printed slip is waste. This cannot be undone.</>
}

/** What happens, in numbers. */
function listSentence(leaving: number, all: number): string {
  const staying = all - leaving
  const stay = `${staying === 1 ? 'One has' : `${staying} have`} handed in or promised a file and ${staying === 1 ? 'stays' : 'stay'}.`
  if (leaving === 0) return `All ${all} in this list have handed in or promised a file: they stay with their receipts.`
  const go = `${leaving} of the ${all} in this list ${leaving === 1 ? 'has' : 'have'} handed in nothing and ${leaving === 1 ? 'is' : 'are'} removed`
  return `${go}: their codes stop working at once, and printed slips are waste. ${staying === 0 ? '' : `${stay} `}This cannot be undone.`
}
