import { type DemoQuestion, program, statement } from '../shapes.ts'

export const untilZero: DemoQuestion = {
  slug: 'until-zero',
  content: {
    title: 'Add up until zero',
    statement_markdown: statement('until-zero'),
    spec: {
      kind: 'io',
      comparator: { kind: 'tokens' },
      languages: {
        python: {
          starter: program`
            count = 0
            total = 0

            number = int(input())
            # Go on until number is 0.

            print(count, total)
          `,
          reference: program`
            count = 0
            total = 0

            number = int(input())
            while number != 0:
                count = count + 1
                total = total + number
                number = int(input())

            print(count, total)
          `,
        },
        javascript: {
          starter: program`
            const lines = require('fs').readFileSync(0, 'utf8').split('\n')
            let count = 0
            let total = 0

            let number = Number(lines[0])
            // Go on with lines[1], lines[2] ... until number is 0.

            console.log(count, total)
          `,
          reference: program`
            const lines = require('fs').readFileSync(0, 'utf8').split('\n')
            let count = 0
            let total = 0

            let number = Number(lines[0])
            while (number !== 0) {
              count = count + 1
              total = total + number
              number = Number(lines[count])
            }

            console.log(count, total)
          `,
        },
      },
      tests: [
        { key: 'three', name: 'three numbers', points: 1, stdin: '5\n10\n4\n0\n', expected_stdout: '3 19\n' },
        { key: 'negative', name: 'negative numbers', points: 1, stdin: '-5\n8\n-10\n0\n', expected_stdout: '3 -7\n' },
        { key: 'empty', name: 'zero right away', points: 1, is_hidden: true, stdin: '0\n', expected_stdout: '0 0\n' },
        {
          key: 'after',
          name: 'numbers after the zero do not count',
          points: 1,
          is_hidden: true,
          stdin: '7\n0\n100\n200\n',
          expected_stdout: '1 7\n',
        },
        { key: 'cancel', name: 'a sum of zero in between', points: 1, is_hidden: true, stdin: '4\n-4\n9\n0\n', expected_stdout: '3 9\n' },
      ],
    },
  },
}
