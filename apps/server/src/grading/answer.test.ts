import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAnswer, readAnswerOf } from './answer.ts'

describe('a grader’s answer', () => {
  test.each([
    ['{"correct": true, "score": 1, "msg": "<p>ok</p>"}', { kind: 'scored', is_correct: true, score: 1, msg: '<p>ok</p>' }],
    ['{"correct": false, "score": 0.5}', { kind: 'scored', is_correct: false, score: 0.5, msg: '' }],
    ['{"correct": "yes", "score": 0, "msg": 5}', { kind: 'scored', is_correct: false, score: 0, msg: '' }],
    ['{"score": 99999999}', { kind: 'scored', is_correct: false, score: 99_999_999, msg: '' }],
  ])('%s is a score', (body, answer) => expect(readAnswer(body)).toEqual(answer))

  test.each([
    ['{"correct": true, "score": NaN, "msg": "x"}', 'not a number'],
    ['{"score": Infinity}', 'not a number'],
    ['{"score": -Infinity, "msg": "NaN inside \\" of a text"}', 'not a number'],
    ['{"score": "1"}', 'a string'],
    ['{"score": true}', 'a boolean'],
    ['{"score": null}', 'null'],
    ['{"score": [1]}', 'a object'],
    ['{"score": -1}', 'negative'],
    ['{"score": 1e308}', 'larger than any'],
    ['{"score": 1e999}', 'larger than any'],
  ])('%s is refused', (body, why) => expect(readAnswer(body)).toMatchObject({ kind: 'refused', why: expect.stringContaining(why) }))

  test.each(['', 'graded!', '[1]', '5', 'null', '{}', '{"correct": true}', '{"msg": "NaN"', 'NaN', '{NaN: 1}', `${'['.repeat(100_000)}`])(
    '%.30s is text that only an LMS may understand',
    (body) => expect(readAnswer(body)).toEqual({ kind: 'opaque' }),
  )

  test('a text that speaks of NaN is read as it is', () => {
    expect(readAnswer('{"score": 1, "msg": "the mean is NaN", "extra": NaN}')).toMatchObject({ kind: 'scored', msg: 'the mean is NaN' })
  })

  // The quadratic way takes minutes: this test would not end in time.
  test('a long text made to be slow is read once', () => {
    expect(readAnswer(`{"score": NaN, "msg": "${'\\"'.repeat(1_000_000)}`)).toEqual({ kind: 'opaque' })
    expect(readAnswer(`{"score": NaN, "msg": "${'x'.repeat(4_000_000)}"}`)).toMatchObject({ kind: 'refused' })
  })

  test('whatever a grader sends is understood without a fault', () => {
    fc.assert(fc.property(fc.string(), (body) => ['scored', 'opaque', 'refused'].includes(readAnswer(body).kind)))
    fc.assert(fc.property(fc.json(), (body) => ['scored', 'opaque', 'refused'].includes(readAnswer(body).kind)))
    fc.assert(
      fc.property(fc.double(), (score) => {
        const answer = readAnswer(`{"score": ${Object.is(score, -0) ? '0' : String(score)}}`)
        return answer.kind === 'scored' ? answer.score === (score === 0 ? 0 : score) && score >= 0 : !(score >= 0 && score <= 99_999_999)
      }),
    )
  })
})

describe('held against the points of a question', () => {
  test('a score up to them is taken and one above is refused', () => {
    expect(readAnswerOf('{"score": 2.5, "correct": true}', 2.5)).toMatchObject({ kind: 'scored' })
    expect(readAnswerOf('{"score": 2.5001}', 2.5)).toEqual({ kind: 'refused', why: 'The grader’s score is 2.5001, and 2.5 points are possible.' })
  })
  test('an answer without a score is refused, because no LMS will read it', () => {
    expect(readAnswerOf('done', 1)).toEqual({ kind: 'refused', why: 'The grader’s answer has no score.' })
  })
})
