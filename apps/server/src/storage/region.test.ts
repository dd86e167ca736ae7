import { describe, expect, test } from 'vitest'
import { isInEu } from './region.ts'

const r2 = 'https://0123456789abcdef.r2.cloudflarestorage.com'
const r2_eu = 'https://0123456789abcdef.eu.r2.cloudflarestorage.com'

describe('whether a bucket lies in the EU', () => {
  test.each([
    [undefined, 'eu-central-1'],
    [undefined, 'eu-west-1'],
    [undefined, 'eu-north-1'],
    [undefined, 'eusc-de-east-1'],
    ['https://s3.eu-west-3.amazonaws.com', 'eu-west-3'],
    ['https://s3.eu-central-003.backblazeb2.com', 'eu-central-003'],
    // Berlin there, Zurich with Amazon.
    ['https://s3.eu-central-2.ionoscloud.com', 'eu-central-2'],
    ['http://127.0.0.1:3900', 'eu'],
    ['http://127.0.0.1:3900', 'EU'],
    ['https://storage.googleapis.com', 'europe-west3'],
    [r2_eu, 'auto'],
  ])('%s %s: yes', (endpoint, region) => {
    expect(isInEu({ endpoint, region })).toBe(true)
  })

  test.each([
    [undefined, 'us-east-1'],
    [undefined, 'eu-west-2'],
    [undefined, 'EU-Central-2'],
    ['https://s3.eu-west-2.amazonaws.com', 'eu-west-2'],
    [undefined, 'euro'],
    ['http://127.0.0.1:3900', 'garage'],
    ['http://127.0.0.1:3900', 'auto'],
    [r2, 'auto'],
    // The name is only a hint there; the endpoint is the promise.
    [r2, 'eu-central-1'],
    ['https://eu.r2.cloudflarestorage.com.example.org', 'auto'],
  ])('%s %s: not known', (endpoint, region) => {
    expect(isInEu({ endpoint, region })).toBe(false)
  })
})
