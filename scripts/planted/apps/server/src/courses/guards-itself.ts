export { guard } from '../roster/authorize.ts'
