import { sizeText } from '../ui/size.ts'

/** What an exam or a question takes. */
export interface FileLimits {
  max_bytes: number
  /** Endings of names in small letters; empty: any. */
  allowed_types: readonly string[]
}

/** The ending of a name without its dot, in small letters; empty where there is none. */
export const endingOf = (filename: string): string => /[^.]\.([^.]+)$/.exec(filename)?.[1]?.toLowerCase() ?? ''

const list = new Intl.ListFormat('en-GB', { type: 'disjunction' })

/** "PDF, TXT or ZIP files" */
export const typesText = (types: readonly string[]): string =>
  types.length === 0 ? 'any type of file' : `${list.format(types.map((type) => `.${type}`))} files`

/** "At most 3 MiB (3,145,728 bytes); .pdf or .zip files." */
export const limitsText = ({ max_bytes, allowed_types }: FileLimits): string => `At most ${sizeText(max_bytes)}; ${typesText(allowed_types)}.`

/** Why a file need not be sent, as sentences that say what to do; null where nothing speaks against it. The server looks again. */
export function whyNot(file: { name: string; size: number }, { max_bytes, allowed_types }: FileLimits): string | null {
  if (file.size > max_bytes)
    return `“${file.name}” is too large: ${sizeText(file.size)}, and at most ${sizeText(max_bytes)} are taken. Nothing was sent and no upload was used. Make it smaller, for example by saving images in lower quality, and choose it again.`
  if (allowed_types.length > 0 && !allowed_types.includes(endingOf(file.name)))
    return `“${file.name}” is not of a type that is taken here: ${typesText(allowed_types)}. Nothing was sent and no upload was used. Save or export your work as one of these, and choose that.`
  if (file.size === 0)
    return `“${file.name}” is empty: it has 0 bytes. Nothing was sent and no upload was used. Save your work again and choose it anew.`
  return null
}
