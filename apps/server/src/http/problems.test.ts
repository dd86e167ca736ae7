import { expect, test } from 'vitest'
import { StorageUnavailable } from '../storage/blobs.ts'
import { asProblem } from './problems.ts'

test.each(['40P01', '40001', '53300', '57P01', 'ECONNREFUSED'])('%s passes by itself: the caller is told to come back', (code) => {
  expect(asProblem(Object.assign(new Error('x'), { code }))?.code).toBe('unavailable')
})

test.each(['23503', '42P01', 'XX000'])('%s is a fault of ours', (code) => {
  expect(asProblem(Object.assign(new Error('x'), { code }))).toBeNull()
})

test('a store of files that cannot take or give bytes now passes by itself as well', () => {
  expect(asProblem(new StorageUnavailable('the disk is full'))?.code).toBe('unavailable')
})
