export { gradingVerb } from '../grading/verb.ts'
