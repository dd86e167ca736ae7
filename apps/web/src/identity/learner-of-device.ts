import type { Learner } from '../api/session.ts'
import { deviceStorage } from '../outbox/device-store.ts'
import { openOutbox } from '../outbox/outbox.ts'
import { moveKept } from '../submissions/kept-code.ts'

/**
 * Whose is what this browser keeps. The last guest's id is remembered here, so that what was not sent yet goes along: to the account that
 * took over the guest's work, or to the guest who comes after, where the cookie is gone.
 */
const GUEST = 'gradus.guest'
/** To whom the guest's things on this device belong since a sign-in; it outlives a tab that closes in the middle of the move. */
const OWED = 'gradus.guest.owed-to'

const storage = deviceStorage()
const recall = (key: string): string | null => storage?.getItem(key) ?? null
const remember = (key: string, value: string | null): void => {
  try {
    if (value === null) storage?.removeItem(key)
    else storage?.setItem(key, value)
  } catch {
    // A full device remembers no guest: what they did is on the server all the same.
  }
}

/** Promises what the last guest of this browser left on the device to a user, who comes next. */
export const oweToUser = (user_id: string): void => {
  if (recall(GUEST) !== null) remember(OWED, user_id)
}

/** Opens the outbox of whoever learns here now, with what is theirs from before. Resolves once it is known what is kept. */
export async function learnAs(learner: Learner | null): Promise<void> {
  const guest = recall(GUEST)
  const inherits = learner !== null && guest !== null && guest !== learner.id && (learner.is_guest || recall(OWED) === learner.id)
  if (inherits && storage !== null) moveKept(storage, guest, learner.id)
  // The entries may wait for a tab that still sends them as the guest's.
  const opening = openOutbox(learner?.id ?? null, inherits ? guest : null).then(() => {
    if (inherits && !learner.is_guest && recall(GUEST) === guest) remember(GUEST, null)
    if (inherits) remember(OWED, null)
  })
  if (learner?.is_guest === true) remember(GUEST, learner.id)
  return opening
}
