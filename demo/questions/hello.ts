import { type DemoQuestion, program, statement } from '../shapes.ts'

export const hello: DemoQuestion = {
  slug: 'hello',
  content: {
    title: 'Say hello',
    statement_markdown: statement('hello'),
    spec: {
      kind: 'io',
      comparator: { kind: 'exact' },
      languages: {
        python: {
          starter: program`
            name = input()

            # Greet the person by name. This line does not do it yet:
            print("Hello, stranger!")
          `,
          reference: program`
            name = input()
            print("Hello, " + name + "!")
          `,
        },
        javascript: {
          starter: program`
            const name = require('fs').readFileSync(0, 'utf8').trim()

            // Greet the person by name. This line does not do it yet:
            console.log('Hello, stranger!')
          `,
          reference: program`
            const name = require('fs').readFileSync(0, 'utf8').trim()
            console.log('Hello, ' + name + '!')
          `,
        },
      },
      tests: [
        { key: 'ada', name: 'a short name', points: 1, stdin: 'Ada\n', expected_stdout: 'Hello, Ada!\n' },
        { key: 'grace', name: 'a first name and a last name', points: 1, stdin: 'Grace Hopper\n', expected_stdout: 'Hello, Grace Hopper!\n' },
        {
          key: 'accents',
          name: 'letters with accents',
          points: 1,
          is_hidden: true,
          stdin: 'Zoë Åkesson\n',
          expected_stdout: 'Hello, Zoë Åkesson!\n',
        },
      ],
    },
  },
}
