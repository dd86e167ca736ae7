import { type DemoQuestion, program, statement } from '../shapes.ts'

export const stars: DemoQuestion = {
  slug: 'stars',
  content: {
    title: 'A tree of stars',
    statement_markdown: statement('stars'),
    spec: {
      kind: 'io',
      comparator: { kind: 'exact' },
      languages: {
        python: {
          starter: program`
            height = int(input())

            for row in range(height):
                print("*")
          `,
          reference: program`
            height = int(input())

            for row in range(height):
                print(" " * (height - 1 - row) + "*" * (2 * row + 1))
          `,
        },
        javascript: {
          starter: program`
            const height = Number(require('fs').readFileSync(0, 'utf8'))

            for (let row = 0; row < height; row++) {
              console.log('*')
            }
          `,
          reference: program`
            const height = Number(require('fs').readFileSync(0, 'utf8'))

            for (let row = 0; row < height; row++) {
              console.log(' '.repeat(height - 1 - row) + '*'.repeat(2 * row + 1))
            }
          `,
        },
      },
      tests: [
        { key: 'three', name: 'three rows', points: 1, stdin: '3\n', expected_stdout: '  *\n ***\n*****\n' },
        { key: 'one', name: 'a single star', points: 1, stdin: '1\n', expected_stdout: '*\n' },
        {
          key: 'five',
          name: 'five rows',
          points: 2,
          is_hidden: true,
          stdin: '5\n',
          expected_stdout: '    *\n   ***\n  *****\n *******\n*********\n',
        },
      ],
    },
  },
}
