const format = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 4, useGrouping: false })

/** A number of points as written on screen: at most four decimals, none invented. */
export const pointsText = (points: number): string => format.format(points)

/** "7 / 10 points", or "10 points" where nothing has been earned or lost yet (`got` null). */
export function Points({ got, of }: { got: number | null; of: number }) {
  const unit = of === 1 ? 'point' : 'points'
  return (
    <span className="tabular" style={{ whiteSpace: 'nowrap' }}>
      {got === null ? `${pointsText(of)} ${unit}` : `${pointsText(got)} / ${pointsText(of)} ${unit}`}
    </span>
  )
}
