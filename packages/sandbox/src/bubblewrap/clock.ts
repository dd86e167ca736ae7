import { readdirSync, readFileSync } from 'node:fs'

/** A box is told to stop this much after its limit: starting and reaping it is not the program's time. */
const GRACE_MS = 50

/** What a box's live threads have had, in milliseconds. */
interface Shares {
  ran_ms: number
  /** Time the busiest thread was ready to run and another had the processor. */
  waited_ms: number
}

/**
 * Calls `late` once the program has used its time. A program on a busy machine must not fail for its neighbours, so
 * time it stood ready without a processor does not count, up to three times the limit; a program that sleeps gets the
 * plain wall time, and one that has used the limit in processor time over all its threads gets no more. Returns a stop.
 */
export function watchClock(limit_ms: number, processes: () => number[], late: () => void): () => void {
  const started = performance.now()
  const latest_ms = 3 * limit_ms + GRACE_MS
  let timer = setTimeout(check, limit_ms + GRACE_MS)
  function check() {
    const wall_ms = performance.now() - started
    const { ran_ms, waited_ms } = shares(processes())
    const left_ms = Math.min(limit_ms + GRACE_MS - (wall_ms - waited_ms), latest_ms - wall_ms)
    if (ran_ms >= limit_ms || left_ms <= 0) late()
    else timer = setTimeout(check, Math.max(left_ms, 5))
  }
  return () => clearTimeout(timer)
}

function shares(pids: readonly number[]): Shares {
  let ran_ms = 0
  let busiest = { ran_ms: -1, waited_ms: 0 }
  for (const pid of pids) {
    for (const thread of threadsOf(pid)) {
      ran_ms += thread.ran_ms
      if (thread.ran_ms > busiest.ran_ms) busiest = thread
    }
  }
  return { ran_ms, waited_ms: busiest.waited_ms }
}

/** From schedstat: nanoseconds on a processor, nanoseconds waiting for one. Empty for a process that has just ended. */
function threadsOf(pid: number): Shares[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => {
      const [ran = 0, waited = 0] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ').map(Number)
      return { ran_ms: ran / 1e6, waited_ms: waited / 1e6 }
    })
  } catch {
    return []
  }
}
