import { createClient } from '@gradus/client/client'
import { createOutbox, type Outbox } from '@gradus/client/outbox'
import { memoryLock, webLock } from '@gradus/client/outbox-store'
import { completeStep } from '@gradus/contract/progress'
import { submit } from '@gradus/contract/submissions'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { deviceStorage, deviceStore } from './device-store.ts'
import { after, type Calls, type Kept, type LearnerEvent, nothingKept } from './kept.ts'

/**
 * The outbox of whoever learns in this browser now, user or guest: one for all pages of a tab, and all tabs of the browser know what each
 * other's does. It is opened for a learner before any page is shown and closed when another one comes.
 */
interface Present {
  outbox: Outbox<Calls>
  reread: () => Promise<void>
  /** Tells the other tabs that they should read anew. */
  tellChanged: () => void
  close: () => void
}

const calls: Calls = { complete: completeStep, hand_in: submit }
// Without a secure context (plain http in a local network) there are no Web Locks: two tabs may then send the same, under the same key.
const lock = 'locks' in navigator ? webLock(navigator.locks) : memoryLock()

let present: Present | null = null
let kept: Kept = nothingKept
const watchers = new Set<() => void>()
const listeners = new Set<(event: LearnerEvent) => void>()

function set(next: Kept): void {
  kept = next
  for (const watch of watchers) watch()
}

function open(owner: string): Present {
  // The outbox repeats by itself, with longer waits; the learner's id keeps one's work from going out under another's session.
  const client = createClient({ base_url: '', learner_id: owner, retry: { tries: 1 } })
  const store = deviceStore(deviceStorage(), () => set({ ...kept, is_refused: true }))
  const outbox = createOutbox({ client, owner, calls, store, lock })
  const channel = new BroadcastChannel(`gradus.outbox.${owner}`)
  const happen = (event: LearnerEvent): void => {
    set(after(kept, event))
    for (const listen of listeners) listen(event)
  }
  const reread = async (): Promise<void> => {
    for (;;) {
      const before = kept
      const [waiting, set_aside] = [await outbox.waiting(), await outbox.setAside()]
      if (kept.owner !== owner) return
      // Something happened while it was read: once more.
      if (kept === before) return set({ ...kept, waiting, set_aside, is_read: true })
    }
  }
  outbox.subscribe((event) => {
    happen(event)
    // The failure behind a wait cannot be posted, and nobody there needs it.
    channel.postMessage(event.kind === 'waiting' ? { ...event, problem: null } : event)
  })
  channel.onmessage = ({ data }: MessageEvent<LearnerEvent | { kind: 'changed' }>) => {
    if (data.kind === 'changed') return void reread()
    happen(data)
    // This tab may be the one that sends, and be waiting for its next try.
    if (data.kind === 'added') outbox.wake()
  }
  const wake = () => {
    if (document.visibilityState === 'hidden') return
    outbox.wake()
    void outbox.drain().catch(() => undefined)
  }
  window.addEventListener('online', wake)
  document.addEventListener('visibilitychange', wake)
  return {
    outbox,
    reread,
    tellChanged: () => channel.postMessage({ kind: 'changed' }),
    close() {
      outbox.stop()
      channel.close()
      window.removeEventListener('online', wake)
      document.removeEventListener('visibilitychange', wake)
    },
  }
}

/**
 * Opens the outbox of a learner and begins to send what waits in it; null closes it. `from` names a learner whose entries become this
 * one's. Resolves once it is known what is kept.
 */
export async function openOutbox(owner: string | null, from: string | null = null): Promise<void> {
  if (owner !== kept.owner) {
    present?.close()
    present = null
    set({ ...nothingKept, owner })
    if (owner !== null) present = open(owner)
  }
  const opened = present
  if (opened === null) return
  if (!kept.is_read) await opened.reread()
  void opened.outbox.drain().catch(() => undefined)
  if (from === null || (await opened.outbox.takeFrom(from)) === 0) return
  opened.tellChanged()
  await opened.reread()
}

/** The present learner's outbox. @throws where nobody learns here, not even a guest */
export function presentOutbox(): Outbox<Calls> {
  if (present === null) throw new Error('nobody learns in this browser right now')
  return present.outbox
}

/** What is kept at this instant; `useKept` for what is shown. */
export const keptNow = (): Kept => kept

const watch = (watcher: () => void): (() => void) => {
  watchers.add(watcher)
  return () => void watchers.delete(watcher)
}

/** What is kept on this device, always as it is now. */
export const useKept = (): Kept => useSyncExternalStore(watch, keptNow)

/** Calls `listen` with everything that happens to the present learner's entries, in whichever tab, until the returned function is called. */
export function onOutboxEvent(listen: (event: LearnerEvent) => void): () => void {
  listeners.add(listen)
  return () => void listeners.delete(listen)
}

/** `onOutboxEvent` for as long as a component is there; always the newest `listen` is called. */
export function useOutboxEvent(listen: (event: LearnerEvent) => void): void {
  const newest = useRef(listen)
  newest.current = listen
  useEffect(() => onOutboxEvent((event) => newest.current(event)), [])
}

/** Sends one that was refused once more. */
export async function sendAgain(id: string): Promise<void> {
  await present?.outbox.again(id)
  await readAnew()
}

/** Forgets one that was refused. */
export async function discard(id: string): Promise<void> {
  await present?.outbox.forget(id)
  await readAnew()
}

async function readAnew(): Promise<void> {
  present?.tellChanged()
  await present?.reread()
}
