export { secret } from '../identity/queries.ts'
