export const outboxVerb = true
