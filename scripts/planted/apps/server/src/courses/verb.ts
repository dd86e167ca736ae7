export const coursesVerb = true
