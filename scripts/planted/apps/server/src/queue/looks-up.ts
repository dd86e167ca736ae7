export { identityVerb } from '../identity/verb.ts'
