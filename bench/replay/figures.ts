/** The value below which `share` (0-1) of the numbers lie (nearest rank); NaN for none. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** "p50 12 ms, p95 30 ms, p99 41 ms". */
export const spread = (ms: readonly number[]): string => [50, 95, 99].map((p) => `p${p} ${duration(quantile(ms, p / 100))}`).join(', ')

/** Milliseconds as people read them. */
export const duration = (ms: number): string =>
  Number.isNaN(ms) ? '-' : ms < 10_000 ? `${ms.toFixed(ms < 100 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`
