import { type DemoQuestion, program, statement } from '../shapes.ts'

export const average: DemoQuestion = {
  slug: 'average',
  content: {
    title: 'The average',
    statement_markdown: statement('average'),
    spec: {
      kind: 'function',
      function_name: 'average',
      comparator: { kind: 'float', absolute: 0.000001 },
      languages: {
        python: {
          starter: program`
            def average(numbers):
                total = 0
                for number in numbers:
                    total = total + number
                return total
          `,
          reference: program`
            def average(numbers):
                if len(numbers) == 0:
                    return 0
                total = 0
                for number in numbers:
                    total = total + number
                return total / len(numbers)
          `,
        },
        javascript: {
          starter: program`
            function average(numbers) {
              let total = 0
              for (const number of numbers) {
                total = total + number
              }
              return total
            }
          `,
          reference: program`
            function average(numbers) {
              if (numbers.length === 0) return 0
              let total = 0
              for (const number of numbers) {
                total = total + number
              }
              return total / numbers.length
            }
          `,
        },
      },
      tests: [
        { key: 'whole', name: 'a whole result', points: 1, args: [[2, 4, 6]], expected: 4 },
        { key: 'fraction', name: 'a fraction', points: 1, args: [[1, 2]], expected: 1.5 },
        { key: 'single', name: 'a single number', points: 1, is_hidden: true, args: [[7]], expected: 7 },
        { key: 'negative', name: 'negative numbers', points: 1, is_hidden: true, args: [[-5, 5, -3]], expected: -1 },
        { key: 'tenths', name: 'tenths that a computer rounds', points: 1, is_hidden: true, args: [[0.1, 0.2, 0.3]], expected: 0.2 },
        { key: 'empty', name: 'an empty list', points: 1, is_hidden: true, args: [[]], expected: 0 },
      ],
    },
  },
}
