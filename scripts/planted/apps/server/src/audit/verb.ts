export const auditVerb = true
