/**
 * A cell of CSV that no spreadsheet takes for a formula (2.5 no. 26): what begins with one of their signs gets an
 * apostrophe before it, also behind leading spaces, and every cell is quoted.
 */
const cell = (value: string | number | boolean | null): string => {
  const text = value === null ? '' : String(value)
  const is_formula = typeof value === 'string' && /^[\s\u0000]*[=+\-@\t\r|]/.test(text)
  return `"${(is_formula ? `'${text}` : text).replaceAll('"', '""')}"`
}

/** Rows as CSV for spreadsheets: UTF-8 with a byte order mark, quoted, lines ended by CR LF (RFC 4180). */
export const csvOf = (head: readonly string[], rows: readonly (readonly (string | number | boolean | null)[])[]): string =>
  `\ufeff${[head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
