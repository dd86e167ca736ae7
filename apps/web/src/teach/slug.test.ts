import { slug } from '@gradus/contract/words'
import { expect, test } from 'vitest'
import { slugFrom } from './slug.ts'

test.each([
  ['Programming 1: C & friends', 'programming-1-c-friends'],
  ['Übungen für Größe', 'ubungen-fur-gro-e'],
  ['  --x--  ', 'x'],
  ['日本語', ''],
  [`${'a'.repeat(63)} b`, 'a'.repeat(63)],
])('%j becomes %j', (title, wanted) => {
  expect(slugFrom(title)).toBe(wanted)
  if (wanted !== '') expect(slug.safeParse(wanted).success).toBe(true)
})
