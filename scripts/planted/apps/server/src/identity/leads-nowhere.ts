// @ts-expect-error the planted sin: there is no such file
export { nothing } from './nowhere.ts'
