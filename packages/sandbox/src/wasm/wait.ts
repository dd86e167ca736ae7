import { wasi } from '@bjorn3/browser_wasi_shim'

/** Where the subscriptions stand, where the events go, how many there are, and where the count of events goes. */
type PollArguments = [subscriptions: number, events: number, count: number, events_count: number]

/**
 * `poll_oneoff`, behind time.sleep and select: waits until the earliest clock has come, without using the processor.
 * Descriptors are always ready. The shim's own reads absolute times as relative ones and spins while it waits.
 *
 * A subscription is 48 bytes: user data at 0, kind at 8; of a clock its id at 16, time in nanoseconds at 24, flags at 40.
 * An event is 32 bytes: user data at 0, error at 8, kind at 10.
 */
export function pollOneoff(
  memory: WebAssembly.Memory,
  onSleep: (milliseconds: number) => void,
  [subscriptions, events, count, events_count]: PollArguments,
): number {
  if (count === 0) return wasi.ERRNO_INVAL
  const view = new DataView(memory.buffer)
  const all = Array.from({ length: count }, (_, i) => subscriptions + i * 48)
  let due = all.filter((at) => view.getUint8(at + 8) !== wasi.EVENTTYPE_CLOCK)
  if (due.length === 0) {
    const instants = all.map((at) => instantOf(view, at))
    const first = Math.min(...instants)
    const wait = first - performance.now()
    if (wait > 0) {
      onSleep(wait)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait)
    }
    due = all.filter((_, i) => instants[i]! <= first)
  }
  due.forEach((at, i) => {
    const event = events + i * 32
    const isClock = view.getUint8(at + 8) === wasi.EVENTTYPE_CLOCK
    view.setBigUint64(event, view.getBigUint64(at, true), true)
    view.setUint16(event + 8, wasi.ERRNO_SUCCESS, true)
    view.setUint8(event + 10, view.getUint8(at + 8))
    view.setBigUint64(event + 16, isClock ? 0n : 1n, true)
    view.setUint16(event + 24, 0, true)
  })
  view.setUint32(events_count, due.length, true)
  return wasi.ERRNO_SUCCESS
}

/** When a clock's subscription is due, on the scale of performance.now(). */
function instantOf(view: DataView, at: number): number {
  const milliseconds = Number(view.getBigUint64(at + 24, true)) / 1e6
  const isAbsolute = (view.getUint16(at + 40, true) & 1) === 1
  if (!isAbsolute) return performance.now() + milliseconds
  return view.getUint32(at + 16, true) === wasi.CLOCKID_REALTIME ? performance.now() + milliseconds - Date.now() : milliseconds
}
