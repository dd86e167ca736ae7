import { type DemoQuestion, program, statement } from '../shapes.ts'

export const secondLargest: DemoQuestion = {
  slug: 'second-largest',
  content: {
    title: 'The silver medal',
    statement_markdown: statement('second-largest'),
    spec: {
      kind: 'function',
      function_name: 'second_largest',
      languages: {
        python: {
          starter: program`
            def second_largest(numbers):
                ordered = sorted(numbers)
                return ordered[-2]
          `,
          reference: program`
            def second_largest(numbers):
                ordered = sorted(set(numbers))
                if len(ordered) < 2:
                    return None
                return ordered[-2]
          `,
        },
        javascript: {
          starter: program`
            function second_largest(numbers) {
              const ordered = [...numbers].sort((a, b) => b - a)
              return ordered[1]
            }
          `,
          reference: program`
            function second_largest(numbers) {
              const ordered = [...new Set(numbers)].sort((a, b) => b - a)
              if (ordered.length < 2) return null
              return ordered[1]
            }
          `,
        },
      },
      tests: [
        { key: 'plain', name: 'three different numbers', points: 1, args: [[3, 9, 5]], expected: 5 },
        { key: 'tie', name: 'two share the first place', points: 1, args: [[9, 4, 9]], expected: 4 },
        { key: 'single', name: 'only one number', points: 1, args: [[7]], expected: null },
        { key: 'negative', name: 'negative numbers', points: 1, is_hidden: true, args: [[-8, -3, -20]], expected: -8 },
        { key: 'digits', name: 'numbers of different length', points: 1, is_hidden: true, args: [[9, 10, 100, 25]], expected: 25 },
        { key: 'all-equal', name: 'everyone is first', points: 1, is_hidden: true, args: [[6, 6, 6]], expected: null },
        { key: 'empty', name: 'an empty list', points: 1, is_hidden: true, args: [[]], expected: null },
      ],
    },
  },
}
