/** As many characters as the server looks at; a serial has sixteen. */
const MAX = 40

/** A typed serial as it stands in an address; the server forgives the same: case, spaces of any kind, hyphens and dashes. */
export const tidySerial = (typed: string): string =>
  typed
    .replace(/[\s\p{Dash}]/gu, '')
    .toUpperCase()
    .slice(0, MAX)
