export const identityVerb = true
