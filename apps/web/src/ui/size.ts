const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const
const whole = new Intl.NumberFormat('en-GB')
const short = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 })

/** "3,145,728 bytes" */
export const bytesText = (bytes: number): string => `${whole.format(bytes)} ${bytes === 1 ? 'byte' : 'bytes'}`

/** "3 MiB"; in bytes below 1,024. */
export function shortSize(bytes: number): string {
  const power = bytes < 1_024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  return power === 0 ? bytesText(bytes) : `${short.format(bytes / 1_024 ** power)} ${units[power]}`
}

/** "3 MiB (3,145,728 bytes)": file managers disagree on what a megabyte is, and nobody on what a byte is. */
export const sizeText = (bytes: number): string => (bytes < 1_024 ? bytesText(bytes) : `${shortSize(bytes)} (${bytesText(bytes)})`)
