import { type DemoQuestion, program, statement } from '../shapes.ts'

export const fizzBuzz: DemoQuestion = {
  slug: 'fizz-buzz',
  content: {
    title: 'Fizz buzz',
    statement_markdown: statement('fizz-buzz'),
    spec: {
      kind: 'function',
      function_name: 'fizz_buzz',
      languages: {
        python: {
          starter: program`
            def fizz_buzz(last):
                spoken = []
                for number in range(1, last + 1):
                    spoken.append(str(number))
                return spoken
          `,
          reference: program`
            def fizz_buzz(last):
                spoken = []
                for number in range(1, last + 1):
                    if number % 15 == 0:
                        spoken.append("fizz buzz")
                    elif number % 3 == 0:
                        spoken.append("fizz")
                    elif number % 5 == 0:
                        spoken.append("buzz")
                    else:
                        spoken.append(str(number))
                return spoken
          `,
        },
        javascript: {
          starter: program`
            function fizz_buzz(last) {
              const spoken = []
              for (let number = 1; number <= last; number++) {
                spoken.push(String(number))
              }
              return spoken
            }
          `,
          reference: program`
            function fizz_buzz(last) {
              const spoken = []
              for (let number = 1; number <= last; number++) {
                if (number % 15 === 0) {
                  spoken.push('fizz buzz')
                } else if (number % 3 === 0) {
                  spoken.push('fizz')
                } else if (number % 5 === 0) {
                  spoken.push('buzz')
                } else {
                  spoken.push(String(number))
                }
              }
              return spoken
            }
          `,
        },
      },
      tests: [
        { key: 'three', name: 'the first fizz', points: 1, args: [3], expected: ['1', '2', 'fizz'] },
        { key: 'five', name: 'the first buzz', points: 1, args: [5], expected: ['1', '2', 'fizz', '4', 'buzz'] },
        {
          key: 'fifteen',
          name: 'both at once',
          points: 2,
          is_hidden: true,
          args: [15],
          expected: ['1', '2', 'fizz', '4', 'buzz', 'fizz', '7', '8', 'fizz', 'buzz', '11', 'fizz', '13', '14', 'fizz buzz'],
        },
        { key: 'zero', name: 'a game that never starts', points: 1, is_hidden: true, args: [0], expected: [] },
      ],
    },
  },
}
