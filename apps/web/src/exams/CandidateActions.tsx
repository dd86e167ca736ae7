import {
  type BoardLine,
  type Candidate,
  type Exam,
  getBoard,
  getCandidate,
  listCandidates,
  reissueCode,
  swapCandidates,
  type swapWhat,
  updateCandidate,
} from '@gradus/contract/exams'
import { Radio, Select, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import type { z } from 'zod'
import { useChange } from '../api/calls.ts'
import { fieldProblems } from '../api/problem.ts'
import { grouped } from '../hand-in/codes.ts'
import { FormButton, ReasonField } from '../ui/FormButton.tsx'
import { nameOf } from './board-lines.ts'

const renews = [getCandidate, listCandidates, getBoard] as const

/** A new code in place of a lost one. */
export function Reissue({ candidate }: { candidate: Candidate }) {
  const change = useChange(reissueCode, renews)
  const [reason, setReason] = useState('')
  const send = async () => {
    const made = await change.mutateAsync({ params: { candidate_id: candidate.id }, body: { reason } })
    setReason('')
    notifications.show({ color: 'green', message: `The new code is ${grouped(made.upload_code)}. The old one is dead.`, autoClose: 20_000 })
  }
  return (
    <FormButton
      label="Give a new code"
      title="Give a new code?"
      verb="Give a new code"
      is_red
      is_ready={reason.trim() !== ''}
      onSend={send}
      is_busy={change.isPending}
      error={change.error}
    >
      <Text size="sm">
        The code {grouped(candidate.upload_code)} is dead at once: whoever holds that slip can no longer use it. Files and uploads left stay as they
        are.
      </Text>
      <ReasonField value={reason} onChange={setReason} placeholder="Slip lost" />
    </FormButton>
  )
}

type What = z.infer<typeof swapWhat>

const whats: { value: What; label: string; description: string }[] = [
  { value: 'codes', label: 'The codes', description: 'Two slips were exchanged before anything was handed in: each code goes to the other person.' },
  { value: 'hand_ins', label: 'What was handed in', description: 'The files belong to the other person; codes stay with their persons.' },
  { value: 'both', label: 'Codes and files', description: 'They sat with each other’s slip the whole time.' },
]

/** As many names as are offered at once; typing narrows them. */
const OFFERED = 30

/** Two candidates who sat with each other's slip. */
export function Swap({ exam, candidate, others }: { exam: Exam; candidate: Candidate; others: readonly BoardLine[] }) {
  const change = useChange(swapCandidates, renews)
  const [other, setOther] = useState<string | null>(null)
  const [what, setWhat] = useState<What>('codes')
  const [reason, setReason] = useState('')
  const send = async () => {
    await change.mutateAsync({ params: { exam_id: exam.id }, body: { candidate_id: candidate.id, other_candidate_id: other!, what, reason } })
    setOther(null)
    setReason('')
    notifications.show({ color: 'green', message: 'The two are exchanged.' })
  }
  return (
    <FormButton
      label="Swap with another"
      title={`Swap ${candidate.nickname} with another`}
      verb="Swap the two"
      is_red
      is_ready={other !== null && reason.trim() !== ''}
      onSend={send}
      is_busy={change.isPending}
      error={change.error}
    >
      <Select
        label="With whom"
        placeholder="Type a name"
        required
        searchable
        limit={OFFERED}
        nothingFoundMessage="Nobody has this name"
        data={others
          .filter((line) => line.candidate_id !== candidate.id)
          .map((line) => ({ value: line.candidate_id, label: `${nameOf(line)} · ${line.nickname}` }))}
        value={other}
        onChange={setOther}
      />
      <Radio.Group label="What is exchanged" value={what} onChange={(next) => setWhat(next as What)}>
        <Stack gap="xs" mt={6}>
          {whats.map((each) => (
            <Radio key={each.value} value={each.value} label={each.label} description={each.description} />
          ))}
        </Stack>
      </Radio.Group>
      <ReasonField value={reason} onChange={setReason} placeholder="Seats 14 and 15 exchanged" />
    </FormButton>
  )
}

/** Corrects a name; codes and files stay. */
export function EditCandidate({ candidate }: { candidate: Candidate }) {
  const change = useChange(updateCandidate, renews)
  const [typed, setTyped] = useState<Partial<Record<'nickname' | 'first_name' | 'last_name' | 'email', string>>>({})
  const fields = fieldProblems(change.error)
  const stored = { nickname: candidate.nickname, first_name: candidate.first_name, last_name: candidate.last_name, email: candidate.email ?? '' }
  const value = { ...stored, ...typed }
  const changed = (Object.keys(stored) as (keyof typeof stored)[]).filter((name) => value[name] !== stored[name])
  const send = async () => {
    const body = Object.fromEntries(changed.map((name) => [name, name === 'email' && value.email.trim() === '' ? null : value[name]]))
    await change.mutateAsync({ params: { candidate_id: candidate.id }, body })
    setTyped({})
  }
  const labels = { nickname: 'Nickname', first_name: 'First name', last_name: 'Last name', email: 'E-mail address' } as const
  return (
    <FormButton
      label="Correct the name"
      title="Correct the name"
      verb="Save"
      is_ready={changed.length > 0 && [value.nickname, value.first_name, value.last_name].every((each) => each.trim() !== '')}
      onSend={send}
      is_busy={change.isPending}
      error={change.error}
    >
      {(Object.keys(labels) as (keyof typeof labels)[]).map((name) => (
        <TextInput
          key={name}
          label={labels[name]}
          required={name !== 'email'}
          type={name === 'email' ? 'email' : 'text'}
          maxLength={name === 'nickname' ? 64 : 254}
          dir="auto"
          value={value[name]}
          onChange={(event) => setTyped({ ...typed, [name]: event.currentTarget.value })}
          error={fields[name]}
        />
      ))}
    </FormButton>
  )
}
