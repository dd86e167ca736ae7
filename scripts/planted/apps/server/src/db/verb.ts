export const dbVerb = true
