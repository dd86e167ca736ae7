import { type DemoQuestion, program, statement } from '../shapes.ts'

export const triangleKind: DemoQuestion = {
  slug: 'triangle-kind',
  content: {
    title: 'What kind of triangle?',
    statement_markdown: statement('triangle-kind'),
    spec: {
      kind: 'io',
      comparator: { kind: 'tokens', ignore_case: true },
      languages: {
        python: {
          starter: program`
            a, b, c = map(int, input().split())

            if a == b and b == c:
                print("equilateral")
          `,
          reference: program`
            a, b, c = map(int, input().split())

            if a + b <= c or b + c <= a or a + c <= b:
                print("impossible")
            elif a == b and b == c:
                print("equilateral")
            elif a == b or b == c or a == c:
                print("isosceles")
            else:
                print("scalene")
          `,
        },
        javascript: {
          starter: program`
            const [a, b, c] = require('fs').readFileSync(0, 'utf8').trim().split(' ').map(Number)

            if (a === b && b === c) {
              console.log('equilateral')
            }
          `,
          reference: program`
            const [a, b, c] = require('fs').readFileSync(0, 'utf8').trim().split(' ').map(Number)

            if (a + b <= c || b + c <= a || a + c <= b) {
              console.log('impossible')
            } else if (a === b && b === c) {
              console.log('equilateral')
            } else if (a === b || b === c || a === c) {
              console.log('isosceles')
            } else {
              console.log('scalene')
            }
          `,
        },
      },
      tests: [
        { key: 'equilateral', name: 'three equal sides', points: 1, stdin: '5 5 5\n', expected_stdout: 'equilateral\n' },
        { key: 'isosceles', name: 'two equal sides', points: 1, stdin: '4 6 4\n', expected_stdout: 'isosceles\n' },
        { key: 'scalene', name: 'three different sides', points: 1, stdin: '3 4 5\n', expected_stdout: 'scalene\n' },
        { key: 'last-two', name: 'the equal sides come last', points: 1, is_hidden: true, stdin: '3 7 7\n', expected_stdout: 'isosceles\n' },
        { key: 'too-long', name: 'one side is too long', points: 1, is_hidden: true, stdin: '1 2 9\n', expected_stdout: 'impossible\n' },
        { key: 'flat', name: 'the sides lie flat on each other', points: 1, is_hidden: true, stdin: '2 2 4\n', expected_stdout: 'impossible\n' },
      ],
    },
  },
}
