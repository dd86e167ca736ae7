export { analyticsVerb } from '../analytics/verb.ts'
