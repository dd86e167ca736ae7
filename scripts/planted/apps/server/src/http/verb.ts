export const httpVerb = true
