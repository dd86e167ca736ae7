import { type DemoQuestion, program, statement } from '../shapes.ts'

export const celsius: DemoQuestion = {
  slug: 'celsius',
  content: {
    title: 'From Fahrenheit to Celsius',
    statement_markdown: statement('celsius'),
    spec: {
      kind: 'io',
      comparator: { kind: 'float', absolute: 0.001 },
      languages: {
        python: {
          starter: program`
            fahrenheit = float(input())

            # Turn the temperature into degrees Celsius.
            celsius = fahrenheit
            print(celsius)
          `,
          reference: program`
            fahrenheit = float(input())
            print((fahrenheit - 32) * 5 / 9)
          `,
        },
        javascript: {
          starter: program`
            const fahrenheit = Number(require('fs').readFileSync(0, 'utf8'))

            // Turn the temperature into degrees Celsius.
            const celsius = fahrenheit
            console.log(celsius)
          `,
          reference: program`
            const fahrenheit = Number(require('fs').readFileSync(0, 'utf8'))
            console.log((fahrenheit - 32) * 5 / 9)
          `,
        },
      },
      tests: [
        { key: 'boiling', name: 'water boils', points: 1, stdin: '212\n', expected_stdout: '100\n' },
        { key: 'warm', name: 'a warm day', points: 1, stdin: '77.5\n', expected_stdout: '25.27778\n' },
        { key: 'freezing', name: 'water freezes', points: 1, is_hidden: true, stdin: '32\n', expected_stdout: '0\n' },
        { key: 'equal', name: 'where both scales agree', points: 1, is_hidden: true, stdin: '-40\n', expected_stdout: '-40\n' },
      ],
    },
  },
}
