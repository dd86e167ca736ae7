import { v7 } from 'uuid'

/** A new id: UUID version 7, so that ids sort by time and index pages stay warm. Not a secret. */
export const newId = (): string => v7()
