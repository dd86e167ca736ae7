export { queueVerb } from '../queue/verb.ts'
