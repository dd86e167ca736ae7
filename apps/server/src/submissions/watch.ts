import type { Progress } from '@gradus/contract/submissions'
import type { Db } from '../db/database.ts'
import type { Listener } from '../db/listen.ts'
import { PROGRESS_CHANNEL } from '../queue/channels.ts'
import { progressOf, type Subject } from './progress.ts'

/** One watcher's view: holds only the newest state, so a slow reader skips states instead of piling them up. */
export interface Watch {
  /** The next state that differs from the last one; `quiet` after `ms` without news; `over` when there will be no more. */
  next(ms: number): Promise<Progress | 'quiet' | 'over'>
  close(): void
}

export interface Watching {
  watch(subject: Subject): Watch
}

/** Places in the line change all the time; they are read this often at most. */
const REFRESH_MS = 1_000
/** Every so many refreshes all are read, not only those that wait: a lost NOTIFY delays news by this much, no more. */
const FULL_EVERY = 5

interface Watcher {
  subject: Subject
  news: Progress | 'over' | undefined
  shown: string
  wake: () => void
}

/**
 * Tells watchers of gradings what changes. One LISTEN for all; a change is looked up in one statement for all subjects
 * that changed meanwhile, so a thousand watchers cost a few statements a second and never one each.
 */
export function openWatching({ db, listener, draining }: { db: Db; listener: Listener; draining: AbortSignal }): Watching {
  const watchers = new Map<string, Set<Watcher>>()
  const changed = new Map<string, Subject>()
  const inLine = new Set<string>()
  let isReading = false
  let refreshes = 0
  let timer: NodeJS.Timeout | undefined

  const give = (watcher: Watcher, news: Progress | 'over'): void => {
    const shown = JSON.stringify(news)
    if (shown === watcher.shown) return
    watcher.shown = shown
    watcher.news = news
    watcher.wake()
  }

  const read = async (): Promise<void> => {
    if (isReading) return
    isReading = true
    try {
      while (changed.size > 0) {
        const subjects = [...changed.values()]
        changed.clear()
        const found = await progressOf(db, subjects)
        for (const { id } of subjects) {
          const progress = found.get(id)
          if (progress?.state === 'queued' || progress?.state === 'retrying') inLine.add(id)
          else inLine.delete(id)
          for (const watcher of watchers.get(id) ?? []) give(watcher, progress ?? 'over')
        }
      }
    } catch {
      // The database is away for a moment; the next refresh reads again.
    } finally {
      isReading = false
    }
  }
  const look = (id: string): void => {
    const [first] = watchers.get(id) ?? []
    if (first !== undefined) changed.set(id, first.subject)
  }
  const refresh = (): void => {
    const isFull = ++refreshes % FULL_EVERY === 0
    for (const id of isFull ? watchers.keys() : inLine) look(id)
    void read()
  }

  listener.on(PROGRESS_CHANNEL, (payload) => {
    if (payload === '') for (const id of watchers.keys()) look(id)
    else look(payload)
    if (changed.size > 0) void read()
  })
  draining.addEventListener('abort', () => {
    for (const all of watchers.values()) for (const watcher of all) give(watcher, 'over')
  })

  const leave = (watcher: Watcher): void => {
    const all = watchers.get(watcher.subject.id)
    all?.delete(watcher)
    if (all?.size === 0) {
      watchers.delete(watcher.subject.id)
      inLine.delete(watcher.subject.id)
    }
    if (watchers.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }

  return {
    watch(subject) {
      const watcher: Watcher = { subject, news: draining.aborted ? 'over' : undefined, shown: '', wake: () => {} }
      const all = watchers.get(subject.id) ?? new Set()
      watchers.set(subject.id, all.add(watcher))
      timer ??= setInterval(refresh, REFRESH_MS)
      look(subject.id)
      void read()
      return {
        async next(ms) {
          if (watcher.news === undefined) {
            let limit: NodeJS.Timeout | undefined
            await new Promise<void>((resolve) => {
              watcher.wake = resolve
              limit = setTimeout(resolve, ms)
            })
            clearTimeout(limit)
          }
          const news = watcher.news ?? 'quiet'
          // What is over stays over.
          if (news !== 'over') watcher.news = undefined
          return news
        },
        close() {
          leave(watcher)
          give(watcher, 'over')
        },
      }
    },
  }
}
