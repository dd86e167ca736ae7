import { type DemoQuestion, program, statement } from '../shapes.ts'

export const rectangle: DemoQuestion = {
  slug: 'rectangle',
  content: {
    title: 'Area and edge of a rectangle',
    statement_markdown: statement('rectangle'),
    spec: {
      kind: 'io',
      comparator: { kind: 'tokens' },
      languages: {
        python: {
          starter: program`
            width = int(input())
            height = int(input())

            # Print the area, then the length of the edge.
            print(width, height)
          `,
          reference: program`
            width = int(input())
            height = int(input())
            print(width * height)
            print(2 * (width + height))
          `,
        },
        javascript: {
          starter: program`
            const lines = require('fs').readFileSync(0, 'utf8').split('\n')
            const width = Number(lines[0])
            const height = Number(lines[1])

            // Print the area, then the length of the edge.
            console.log(width, height)
          `,
          reference: program`
            const lines = require('fs').readFileSync(0, 'utf8').split('\n')
            const width = Number(lines[0])
            const height = Number(lines[1])
            console.log(width * height)
            console.log(2 * (width + height))
          `,
        },
      },
      tests: [
        { key: 'four-by-three', name: 'four by three', points: 1, stdin: '4\n3\n', expected_stdout: '12\n14\n' },
        { key: 'square', name: 'a square', points: 1, stdin: '5\n5\n', expected_stdout: '25\n20\n' },
        { key: 'flat', name: 'a flat rectangle has no area', points: 1, is_hidden: true, stdin: '0\n9\n', expected_stdout: '0\n18\n' },
        {
          key: 'large',
          name: 'a football field in millimetres',
          points: 1,
          is_hidden: true,
          stdin: '105000\n68000\n',
          expected_stdout: '7140000000\n346000\n',
        },
      ],
    },
  },
}
