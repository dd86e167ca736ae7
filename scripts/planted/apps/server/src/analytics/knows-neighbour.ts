export { adminVerb } from '../admin/verb.ts'
