export const depositoryVerb = true
