import { type DemoQuestion, program, statement } from '../shapes.ts'

export const clockTime: DemoQuestion = {
  slug: 'clock-time',
  content: {
    title: 'Minutes into hours',
    statement_markdown: statement('clock-time'),
    spec: {
      kind: 'io',
      comparator: { kind: 'exact' },
      languages: {
        python: {
          starter: program`
            total = int(input())

            # How many whole hours fit into total, and what is left over?
            hours = 0
            minutes = total
            print(hours, "h", minutes, "min")
          `,
          reference: program`
            total = int(input())
            hours = total // 60
            minutes = total % 60
            print(hours, "h", minutes, "min")
          `,
        },
        javascript: {
          starter: program`
            const total = Number(require('fs').readFileSync(0, 'utf8'))

            // How many whole hours fit into total, and what is left over?
            const hours = 0
            const minutes = total
            console.log(hours + ' h ' + minutes + ' min')
          `,
          reference: program`
            const total = Number(require('fs').readFileSync(0, 'utf8'))
            const hours = Math.floor(total / 60)
            const minutes = total % 60
            console.log(hours + ' h ' + minutes + ' min')
          `,
        },
      },
      tests: [
        { key: 'film', name: 'a film of 135 minutes', points: 1, stdin: '135\n', expected_stdout: '2 h 15 min\n' },
        { key: 'short', name: 'less than an hour', points: 1, stdin: '45\n', expected_stdout: '0 h 45 min\n' },
        { key: 'full', name: 'exactly one hour', points: 1, is_hidden: true, stdin: '60\n', expected_stdout: '1 h 0 min\n' },
        { key: 'week', name: 'a whole week', points: 1, is_hidden: true, stdin: '10080\n', expected_stdout: '168 h 0 min\n' },
        { key: 'zero', name: 'no time at all', points: 1, is_hidden: true, stdin: '0\n', expected_stdout: '0 h 0 min\n' },
      ],
    },
  },
}
