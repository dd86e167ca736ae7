import { sleep } from '@gradus/client/retry'
import type { User } from '@gradus/contract/identity'
import { decideGuestWork, type GuestWork } from '@gradus/contract/progress'
import { notifications } from '@mantine/notifications'
import { client, queryClient } from '../api/client.ts'
import { enterAs, learnerOf } from '../api/session.ts'
import { keptNow, presentOutbox } from '../outbox/outbox.ts'
import { mergedSentence } from './guest-work-words.ts'
import { learnAs, oweToUser } from './learner-of-device.ts'

/** How long signing in or out waits for what was not sent yet. What takes longer stays on the device. */
const LAST_CHANCE_MS = 3_000
/** Between two looks at guest work that could not be taken over. */
const LOOK_AGAIN_MS = 10_000

/** Sends what waits before somebody else is here: a guest's, so that the sign-in takes it over with the rest, or a user's who signs out. */
export async function sendWhatWaits(): Promise<void> {
  if (keptNow().waiting.length === 0) return
  const sending = presentOutbox().drain()
  // What fails to go out stays written down.
  await Promise.race([sending.catch(() => undefined), sleep(LAST_CHANCE_MS)])
}

/** After registering or signing in: the pages are the user's now, and so is what the guest left on this device, unless that is asked first. */
export async function enterWith({ guest_work, ...user }: User & { guest_work: GuestWork }): Promise<void> {
  if (guest_work.state !== 'ask') oweToUser(user.id)
  const mine = await enterAs()
  void learnAs(learnerOf(mine))
  tell(guest_work)
}

/** The answer to whether guest work is the user's (G22). @throws ApiProblem; nothing is decided then */
export async function decide(user: Pick<User, 'id'>, decision: 'merge' | 'leave'): Promise<void> {
  const work = await client.call(decideGuestWork, { body: { decision } })
  if (decision === 'leave') return
  oweToUser(user.id)
  void learnAs({ id: user.id, is_guest: false })
  tell(work)
  await queryClient.invalidateQueries()
}

function tell(work: GuestWork): void {
  if (work.state === 'pending') void lookAgain()
  const said = work.state === 'merged' ? mergedSentence(work) : null
  if (said !== null) notifications.show({ color: 'green', autoClose: 12_000, message: said })
}

/** Says that guest work could not be moved yet, until it is: the server tries with every request of the user's. */
async function lookAgain(): Promise<void> {
  const id = notifications.show({
    color: 'yellow',
    loading: true,
    autoClose: false,
    message: 'What you did as a guest is not in your account yet: something failed on our side. All of it is kept, and it is tried again by itself.',
  })
  for (;;) {
    await sleep(LOOK_AGAIN_MS)
    const work = await client.call(decideGuestWork, { body: { decision: 'merge' } }).catch(() => null)
    if (work === null || work.state === 'pending') continue
    const message = mergedSentence(work) ?? 'What you did as a guest is in your account now.'
    notifications.update({ id, color: 'green', loading: false, autoClose: 12_000, message })
    return void queryClient.invalidateQueries()
  }
}
