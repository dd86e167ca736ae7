export const adminVerb = true
