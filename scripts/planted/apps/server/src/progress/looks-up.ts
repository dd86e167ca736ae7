export { submissionsVerb } from '../submissions/verb.ts'
