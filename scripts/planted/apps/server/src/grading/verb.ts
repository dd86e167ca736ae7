export const gradingVerb = true
