import { type DemoQuestion, program, statement } from '../shapes.ts'

/** Many answers are right here (any order of the coins), so a checker decides instead of a comparison. */
export const coins: DemoQuestion = {
  slug: 'coins',
  content: {
    title: 'Giving change',
    statement_markdown: statement('coins'),
    spec: {
      kind: 'io',
      comparator: {
        kind: 'checker',
        language: 'python',
        source: program`
          import sys

          COINS = (1, 2, 5, 10, 20, 50)


          def reject(reason):
              print(reason)
              sys.exit(1)


          with open("input.txt") as file:
              amount = int(file.read())
          with open("expected.txt") as file:
              fewest = len(file.read().split())
          with open("output.txt", errors="replace") as file:
              words = file.read().split()

          given = []
          for word in words:
              if word not in [str(coin) for coin in COINS]:
                  reject("There is no such coin: " + word[:20])
              given.append(int(word))

          if sum(given) != amount:
              reject("These coins are worth " + str(sum(given)) + ", not " + str(amount) + ".")
          if len(given) > fewest:
              reject("The sum is right, but " + str(fewest) + " coins would do; you gave " + str(len(given)) + ".")
          print("Right: " + str(len(given)) + " coins.")
        `,
      },
      languages: {
        python: {
          starter: program`
            amount = int(input())

            # This gives the right sum, but all in small coins.
            for _ in range(amount):
                print(1)
          `,
          reference: program`
            amount = int(input())

            for coin in [50, 20, 10, 5, 2, 1]:
                while amount >= coin:
                    print(coin)
                    amount = amount - coin
          `,
        },
        javascript: {
          starter: program`
            let amount = Number(require('fs').readFileSync(0, 'utf8'))

            // This gives the right sum, but all in small coins.
            for (let i = 0; i < amount; i++) {
              console.log(1)
            }
          `,
          reference: program`
            let amount = Number(require('fs').readFileSync(0, 'utf8'))

            for (const coin of [50, 20, 10, 5, 2, 1]) {
              while (amount >= coin) {
                console.log(coin)
                amount = amount - coin
              }
            }
          `,
        },
      },
      tests: [
        { key: 'one-coin', name: 'one coin is enough', points: 1, stdin: '1\n', expected_stdout: '1\n' },
        { key: 'eighty-eight', name: 'change of 88', points: 1, stdin: '88\n', expected_stdout: '50\n20\n10\n5\n2\n1\n' },
        { key: 'four', name: 'the same coin twice', points: 1, is_hidden: true, stdin: '4\n', expected_stdout: '2\n2\n' },
        { key: 'nothing', name: 'nothing to give back', points: 1, is_hidden: true, stdin: '0\n', expected_stdout: '' },
        { key: 'many', name: 'a large sum', points: 1, is_hidden: true, stdin: '999\n', expected_stdout: `${'50\n'.repeat(19)}20\n20\n5\n2\n2\n` },
      ],
    },
  },
}
