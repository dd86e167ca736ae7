/** Waits, but not past the moment the browser says it is online again, nor past the signal. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      clearTimeout(timer)
      window.removeEventListener('online', stop)
      resolve()
    }
    const timer = setTimeout(stop, ms)
    window.addEventListener('online', stop, { once: true })
    signal.addEventListener('abort', stop, { once: true })
  })
}
