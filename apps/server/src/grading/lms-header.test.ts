import { describe, expect, test } from 'vitest'
import { readLmsHeader, refsOf } from './lms-header.ts'

const whole = { lms_callback_url: 'https://lms.example/x', lms_key: 'k', queue_name: 'q' }

describe('the header of an LMS', () => {
  test('names where to call back and the queue; what else it has passes', () => {
    expect(readLmsHeader(JSON.stringify({ ...whole, extra: [1] }))).toEqual({ callback_url: 'https://lms.example/x', queue: 'q' })
  })
  test.each([
    'junk',
    '[]',
    'null',
    '"text"',
    '{}',
    ...Object.keys(whole).map((key) => JSON.stringify({ ...whole, [key]: undefined })),
    JSON.stringify({ ...whole, lms_callback_url: 5 }),
    JSON.stringify({ ...whole, queue_name: '' }),
    JSON.stringify({ ...whole, queue_name: 'q\u0000' }),
    JSON.stringify({ ...whole, lms_callback_url: `https://x/${'a'.repeat(5_000)}` }),
  ])('%.60s is none', (text) => expect(readLmsHeader(text)).toBeNull())
})

describe('what staff search for', () => {
  test('is read from the address Open edX calls back at and from the body', () => {
    const url = 'https://lms.example/courses/course-v1:Org+C+Run/xqueue/42/block-v1:Org+C+Run+type@problem+block@abc/score_update'
    const body = JSON.stringify({
      student_info: JSON.stringify({ anonymous_student_id: 'f00d', submission_time: '20260101000000', random_seed: 1 }),
      grader_payload: ' {"grader": "ps1/grade.py"} ',
      student_response: 'x = 1',
    })
    expect(refsOf(url, body)).toEqual({
      student_ref: 'f00d',
      course_ref: 'course-v1:Org+C+Run',
      item_ref: 'block-v1:Org+C+Run+type@problem+block@abc',
      grader_ref: 'ps1/grade.py',
    })
  })
  test('old addresses have slashes in the course and escapes in the item', () => {
    expect(refsOf('http://lms/courses/MITx/6.00x/2012/xqueue/7/i4x:%2F%2FMITx%2F6.00x%2Fproblem%2Fp1/score_update', 'not JSON')).toEqual({
      ...{ student_ref: '7', course_ref: 'MITx/6.00x/2012', item_ref: 'i4x://MITx/6.00x/problem/p1', grader_ref: '' },
    })
  })
  test('is empty where nothing tells', () => {
    expect(refsOf('https://tool.example/back?id=5', '')).toEqual({ student_ref: '', course_ref: '', item_ref: '', grader_ref: '' })
    expect(refsOf('https://x/courses/a/xqueue/%ff/b/c', '[]')).toMatchObject({ course_ref: 'a', student_ref: '%ff' })
  })
})
