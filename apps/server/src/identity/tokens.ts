import { createHash, randomBytes } from 'node:crypto'

/** `gs_` proves a session (browser or terminal), `gk_` an API key, `ga_` a guest: a leaked one can be told by its first letters. */
export type TokenKind = 'gs' | 'gk' | 'ga'

/** A new secret of 256 bits (ASVS 7.2.3 asks for 128). Shown or set once; only its hash is stored. */
export const newToken = (kind: TokenKind): string => `${kind}_${randomBytes(32).toString('base64url')}`

/**
 * SHA-256 of the whole token: what the database holds and looks up by a unique index. A fast hash is enough for
 * 256 random bits, and looking up a hash leaks nothing about the token through time (2.5 no. 6).
 */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest()

const shape = /^(gs|gk|ga)_[A-Za-z0-9_-]{43}$/
/** What a string claims to be, or null: anything else is refused without asking the database. */
export const kindOfToken = (token: string): TokenKind | null => (shape.exec(token)?.[1] as TokenKind | undefined) ?? null
