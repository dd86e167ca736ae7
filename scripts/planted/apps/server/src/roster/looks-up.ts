export { coursesVerb } from '../courses/verb.ts'
