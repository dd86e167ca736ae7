export { progressVerb } from '../progress/verb.ts'
