/**
 * "39.9 %": to one decimal place, rounded down, so that what is printed never stands on the other side of a threshold than
 * what it was made from, and 100 % is said of nothing less. The billionth forgives binary fractions: 0.29 * 100 is 29.
 * Something is never nothing.
 */
export const percentText = (percent: number): string => (percent > 0 && percent < 0.1 ? 'under 0.1 %' : `${Math.floor(percent * 10 + 1e-9) / 10} %`)
