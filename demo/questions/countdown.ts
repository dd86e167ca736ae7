import { type DemoQuestion, program, statement } from '../shapes.ts'

export const countdown: DemoQuestion = {
  slug: 'countdown',
  content: {
    title: 'Countdown',
    statement_markdown: statement('countdown'),
    spec: {
      kind: 'io',
      comparator: { kind: 'exact' },
      languages: {
        python: {
          starter: program`
            start = int(input())

            # Count down from start to 1, one number a line.
            print(start)

            print("Lift-off!")
          `,
          reference: program`
            start = int(input())

            for number in range(start, 0, -1):
                print(number)

            print("Lift-off!")
          `,
        },
        javascript: {
          starter: program`
            const start = Number(require('fs').readFileSync(0, 'utf8'))

            // Count down from start to 1, one number a line.
            console.log(start)

            console.log('Lift-off!')
          `,
          reference: program`
            const start = Number(require('fs').readFileSync(0, 'utf8'))

            for (let number = start; number > 0; number--) {
              console.log(number)
            }

            console.log('Lift-off!')
          `,
        },
      },
      tests: [
        { key: 'three', name: 'from three', points: 1, stdin: '3\n', expected_stdout: '3\n2\n1\nLift-off!\n' },
        { key: 'one', name: 'from one', points: 1, stdin: '1\n', expected_stdout: '1\nLift-off!\n' },
        { key: 'ten', name: 'from ten', points: 1, is_hidden: true, stdin: '10\n', expected_stdout: '10\n9\n8\n7\n6\n5\n4\n3\n2\n1\nLift-off!\n' },
        { key: 'zero', name: 'no time left to count', points: 1, is_hidden: true, stdin: '0\n', expected_stdout: 'Lift-off!\n' },
      ],
    },
  },
}
