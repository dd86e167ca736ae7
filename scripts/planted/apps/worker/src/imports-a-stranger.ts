export { own } from '../../../apps/web/src/own.ts'
