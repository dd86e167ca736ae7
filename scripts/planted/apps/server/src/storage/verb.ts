export const storageVerb = true
