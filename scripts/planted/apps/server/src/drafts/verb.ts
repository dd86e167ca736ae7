export const draftsVerb = true
