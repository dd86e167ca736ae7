export const rosterVerb = true
