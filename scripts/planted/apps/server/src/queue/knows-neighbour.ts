export { outboxVerb } from '../outbox/verb.ts'
