import { type DemoQuestion, program, statement } from '../shapes.ts'

export const ticketPrice: DemoQuestion = {
  slug: 'ticket-price',
  content: {
    title: 'The price of a ticket',
    statement_markdown: statement('ticket-price'),
    spec: {
      kind: 'io',
      comparator: { kind: 'exact' },
      languages: {
        python: {
          starter: program`
            age = int(input())

            if age < 6:
                print("free")
            else:
                print(12)
          `,
          reference: program`
            age = int(input())

            if age < 6:
                print("free")
            elif age < 18:
                print(5)
            elif age < 65:
                print(12)
            else:
                print(8)
          `,
        },
        javascript: {
          starter: program`
            const age = Number(require('fs').readFileSync(0, 'utf8'))

            if (age < 6) {
              console.log('free')
            } else {
              console.log(12)
            }
          `,
          reference: program`
            const age = Number(require('fs').readFileSync(0, 'utf8'))

            if (age < 6) {
              console.log('free')
            } else if (age < 18) {
              console.log(5)
            } else if (age < 65) {
              console.log(12)
            } else {
              console.log(8)
            }
          `,
        },
      },
      tests: [
        { key: 'child', name: 'a small child goes in free', points: 1, stdin: '3\n', expected_stdout: 'free\n' },
        { key: 'pupil', name: 'a pupil of eleven', points: 1, stdin: '11\n', expected_stdout: '5\n' },
        { key: 'grown-up', name: 'a grown-up', points: 1, stdin: '40\n', expected_stdout: '12\n' },
        { key: 'six', name: 'the sixth birthday', points: 1, is_hidden: true, stdin: '6\n', expected_stdout: '5\n' },
        { key: 'seventeen', name: 'the last day as a pupil', points: 1, is_hidden: true, stdin: '17\n', expected_stdout: '5\n' },
        { key: 'eighteen', name: 'the eighteenth birthday', points: 1, is_hidden: true, stdin: '18\n', expected_stdout: '12\n' },
        { key: 'sixty-four', name: 'the last day before the discount', points: 1, is_hidden: true, stdin: '64\n', expected_stdout: '12\n' },
        { key: 'sixty-five', name: 'the sixty-fifth birthday', points: 1, is_hidden: true, stdin: '65\n', expected_stdout: '8\n' },
      ],
    },
  },
}
