export const queueVerb = true
