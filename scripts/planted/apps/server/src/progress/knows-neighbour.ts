export { draftsVerb } from '../drafts/verb.ts'
