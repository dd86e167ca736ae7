import type { Entry, SetAside } from '@gradus/client/outbox'
import { expect, test } from 'vitest'
import { after, type Kept, nothingKept, stepsKept } from './kept.ts'
import { entryWords, keptState } from './kept-words.ts'

const anEntry = (id: string, name = 'complete'): Entry => ({
  id,
  name,
  label: 'Loops',
  sent: { body: { step_id: id } },
  idempotency_key: id,
  made_at: '',
})
const refused = (id: string): SetAside => ({
  ...anEntry(id),
  refusal: { code: 'closed', status: 409, message: 'It is closed.', details: {}, request_id: '' },
})
const kept = (more: Partial<Kept>): Kept => ({ ...nothingKept, owner: 'ann', is_read: true, ...more })

test('the state is one sentence, and nothing where nothing is kept', () => {
  const two = [anEntry('1'), anEntry('2')]
  expect(keptState(kept({}), true)).toBeNull()
  expect(keptState(kept({}), false)).toBeNull()
  expect(keptState(kept({ waiting: two }), false)?.sentence).toBe('Offline: 2 things kept on this device.')
  expect(keptState(kept({ waiting: [anEntry('1')] }), true)?.sentence).toBe('Sending 1 thing…')
  expect(keptState(kept({ waiting: two, trouble: 'unreachable' }), true)?.sentence).toMatch(/^The server does not answer: 2 things kept/)
  expect(keptState(kept({ waiting: two, trouble: 'signed_out' }), true)).toMatchObject({ must_sign_in: true })
  expect(keptState(kept({ set_aside: [refused('1')] }), true)).toMatchObject({
    look: 'refused',
    sentence: 'On this device: 1 thing the server refused.',
  })
  expect(keptState(kept({ waiting: two, set_aside: [refused('3')] }), false)?.sentence).toMatch(/2 things kept.* And 1 thing the server refused/)
  expect(keptState(kept({ waiting: two, is_refused: true }), false)?.sentence).toMatch('in this page only: leave it open')
})

test('what happens in any tab is followed, also twice', () => {
  const entry = anEntry('1')
  let now = kept({})
  const happen = (event: Parameters<typeof after>[1]) => {
    now = after(now, event)
  }
  happen({ kind: 'added', entry })
  happen({ kind: 'added', entry })
  expect(stepsKept(now)).toEqual(['1'])
  happen({ kind: 'signed_out', entry })
  expect(now.trouble).toBe('signed_out')
  happen({ kind: 'set_aside', entry: refused('1') })
  expect([now.waiting, now.set_aside.length, now.trouble]).toEqual([[], 1, null])
  expect(stepsKept(kept({ waiting: [anEntry('9', 'hand_in')] }))).toEqual([])
})

test('entries are called as people call them', () => {
  expect(entryWords(anEntry('1'))).toBe('Mark “Loops” as done')
  expect(entryWords(anEntry('1', 'hand_in'))).toBe('Hand in “Loops”')
  expect(entryWords(anEntry('1', 'unreadable'))).toBe('Something that cannot be read any more')
  expect(entryWords({ ...anEntry('1'), label: '' })).toBe('Mark a step as done')
})
