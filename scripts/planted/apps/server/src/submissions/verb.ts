export const submissionsVerb = true
