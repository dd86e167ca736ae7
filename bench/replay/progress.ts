/** Says how far a long run is: one line that changes on a terminal, else a line every few seconds. */
export interface Progress {
  show(text: string): void
  /** Prints a line that stays. */
  say(text: string): void
}

const EVERY_MS = 5_000

export function openProgress(out: NodeJS.WriteStream): Progress {
  let shown_at = Number.NEGATIVE_INFINITY
  let isOpen = false
  return {
    show(text) {
      const now = performance.now()
      if (now - shown_at < (out.isTTY ? 100 : EVERY_MS)) return
      shown_at = now
      isOpen = out.isTTY
      out.write(out.isTTY ? `\r\u001b[2K${text.slice(0, out.columns - 1)}` : `${text}\n`)
    },
    say(text) {
      out.write(isOpen ? `\r\u001b[2K${text}\n` : `${text}\n`)
      isOpen = false
      shown_at = Number.NEGATIVE_INFINITY
    },
  }
}
