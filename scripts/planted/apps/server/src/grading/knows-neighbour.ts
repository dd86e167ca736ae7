export { depositoryVerb } from '../depository/verb.ts'
