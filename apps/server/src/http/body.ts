import { problem } from './problems.ts'

/** Deeper JSON is refused before it is parsed: 20,000 levels overflow the stack of anything recursive (2.5 no. 17). */
export const MAX_JSON_DEPTH = 32

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Parses a JSON body without losing or inventing a character: bytes that are not UTF-8 and lone surrogates are
 * refused, not replaced, because a learner's code must not change under its hash (2.5 no. 22).
 * @throws problem invalid_utf8 or invalid_json
 */
export function parseJson(bytes: Buffer): unknown {
  let text: string
  try {
    text = decoder.decode(bytes)
  } catch {
    throw problem('invalid_utf8')
  }
  if (depthOf(text) > MAX_JSON_DEPTH) throw problem('invalid_json', { max_depth: MAX_JSON_DEPTH })
  let hasPoison = false
  let isIllFormed = false
  let value: unknown
  const mayHide = text.includes('\\u')
  try {
    value =
      mayHide || text.includes('__proto__') || text.includes('constructor')
        ? JSON.parse(text, (key, item: unknown) => {
            if (key === '__proto__' || (key === 'constructor' && typeof item === 'object' && item !== null && Object.hasOwn(item, 'prototype')))
              hasPoison = true
            if (!key.isWellFormed() || (typeof item === 'string' && !item.isWellFormed())) isIllFormed = true
            return item
          })
        : JSON.parse(text)
  } catch {
    throw problem('invalid_json')
  }
  if (isIllFormed) throw problem('invalid_utf8')
  if (hasPoison) throw problem('invalid_json')
  return value
}

/** Deepest nesting of brackets outside strings; reads the text once. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (inString) {
      if (c === 92) i++
      else if (c === 34) inString = false
    } else if (c === 34) inString = true
    else if (c === 91 || c === 123) {
      depth++
      if (depth > deepest) deepest = depth
    } else if (c === 93 || c === 125) depth--
  }
  return deepest
}
