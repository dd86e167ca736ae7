import type { QuestionSpec as OnTheWire } from '@gradus/contract/questions'
import type { Language as WireLanguage, Verdict as WireVerdict } from '@gradus/contract/words'
import { languages, verdicts } from '@gradus/contract/words'
import type { QuestionSpec as InThePackage, Language, Verdict } from '@gradus/problem/spec'
import { expect, expectTypeOf, test } from 'vitest'

/** Each way alone would let one side grow a field that the other does not know. The type checker holds these lines. */
test('the contract and packages/problem describe the same questions', () => {
  expectTypeOf<OnTheWire>().toExtend<InThePackage>()
  expectTypeOf<InThePackage>().toExtend<OnTheWire>()
  expectTypeOf<OnTheWire['kind']>().toEqualTypeOf<InThePackage['kind']>()
  expectTypeOf<keyof Extract<OnTheWire, { kind: 'io' }>>().toEqualTypeOf<keyof Extract<InThePackage, { kind: 'io' }>>()
  expectTypeOf<keyof Extract<OnTheWire, { kind: 'function' }>>().toEqualTypeOf<keyof Extract<InThePackage, { kind: 'function' }>>()
  expectTypeOf<keyof Extract<OnTheWire, { kind: 'unit' }>>().toEqualTypeOf<keyof Extract<InThePackage, { kind: 'unit' }>>()
  expectTypeOf<keyof Extract<OnTheWire, { kind: 'external' }>>().toEqualTypeOf<keyof Extract<InThePackage, { kind: 'external' }>>()
  expectTypeOf<keyof OnTheWire['tests'][number]>().toEqualTypeOf<keyof InThePackage['tests'][number]>()
  expectTypeOf<WireLanguage>().toEqualTypeOf<Language>()
  expectTypeOf<WireVerdict>().toEqualTypeOf<Verdict>()
  // Types are gone at run time; what can be counted there is.
  expect([languages.length, verdicts.length]).toEqual([5, 10])
})
