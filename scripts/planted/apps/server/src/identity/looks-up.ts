export { rosterVerb } from '../roster/verb.ts'
