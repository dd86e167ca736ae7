import { expect, test } from 'vitest'
import { placesOf, tabOfPlace } from './problem-places.ts'

test.each([
  ['slug', 'slug', 'statement'],
  ['content.title', 'title', 'statement'],
  ['content.spec.function_name', 'function_name', 'code'],
  ['content.spec.languages.c.compiler_flags.0', 'languages.c.compiler_flags.0', 'code'],
  ['content.spec.comparator.relative', 'comparator.relative', 'code'],
  ['content.spec.tests', 'tests', 'tests'],
  ['content.spec.tests.12.expected_stdout', 'tests.12.expected', 'tests'],
  ['content.spec.tests.0.args.3', 'tests.0.input', 'tests'],
  ['content.spec.tests.0.points', 'tests.0.points', 'tests'],
])('%s is %s on the tab %s', (path, place, tab) => {
  expect(Object.keys(placesOf({ [path]: 'x' }))).toEqual([place])
  expect(tabOfPlace(place)).toBe(tab)
})
