export { own } from '../../../apps/worker/src/own.ts'
