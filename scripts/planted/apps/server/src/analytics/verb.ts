export const analyticsVerb = true
