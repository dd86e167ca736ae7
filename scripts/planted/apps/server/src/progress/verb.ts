export const progressVerb = true
