export { own } from '../apps/server/src/own.ts'
