import { problem } from '../http/problems.ts'

export type ScoreScale = 'unit' | 'percent'

/** A plain numeral: what Number() takes beyond that (empty text, hexadecimal, Infinity) is no score. */
const numeral = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i

/**
 * A score as a client sent it, as a ratio from 0 to 1 (R31, D4); null where there is none.
 * With a scale it must lie on it. Without one, up to 1 is a ratio and more a percentage that is capped at 100: 85 is 0.85,
 * 0.95 stays, "85" is 0.85, 150 is 1.
 * @throws problem score_invalid for what is no number, is not finite, is negative or is not on its scale
 */
export function ratioOf(score: unknown, scale?: ScoreScale): number | null {
  if (score === null || score === undefined) return null
  const value = typeof score === 'string' && numeral.test(score) ? Number(score) : score
  if (typeof value !== 'number' || !Number.isFinite(value)) throw problem('score_invalid', { score: shown(score) })
  const most = scale === 'unit' ? 1 : scale === 'percent' ? 100 : Number.POSITIVE_INFINITY
  if (value < 0 || value > most) throw problem('score_invalid', { score: shown(score), score_scale: scale ?? null })
  const isPercent = scale === 'percent' || (scale === undefined && value > 1)
  // Minus zero is zero.
  return Math.min(1, isPercent ? value / 100 : value) + 0
}

const shown = (score: unknown): string => String(typeof score === 'object' ? 'an object' : score).slice(0, 40)
