/** The sum of points, taken in ten-thousandths, the unit that points have: 0.1 + 0.2 is 0.3. */
export const sumPoints = (points: readonly number[]): number => points.reduce((sum, p) => sum + Math.round(p * 1e4), 0) / 1e4
