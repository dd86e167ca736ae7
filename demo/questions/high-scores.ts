import { type DemoQuestion, program, statement } from '../shapes.ts'

export const highScores: DemoQuestion = {
  slug: 'high-scores',
  content: {
    title: 'The table of high scores',
    statement_markdown: statement('high-scores'),
    spec: {
      kind: 'io',
      comparator: { kind: 'exact' },
      languages: {
        python: {
          starter: program`
            count = int(input())
            players = []
            for _ in range(count):
                name, score = input().split()
                players.append((name, int(score)))

            # Put the players in order, best first.

            for name, score in players:
                print("1.", name, score)
          `,
          reference: program`
            count = int(input())
            players = []
            for _ in range(count):
                name, score = input().split()
                players.append((name, int(score)))

            # A negative score turns "ascending" into "best first"; the name settles ties.
            players.sort(key=lambda player: (-player[1], player[0]))

            place = 1
            for name, score in players:
                print(str(place) + ".", name, score)
                place = place + 1
          `,
        },
        javascript: {
          starter: program`
            const lines = require('fs').readFileSync(0, 'utf8').split('\n')
            const count = Number(lines[0])
            const players = []
            for (const line of lines.slice(1, count + 1)) {
              const [name, score] = line.split(' ')
              players.push({ name: name, score: Number(score) })
            }

            // Put the players in order, best first.

            for (const player of players) {
              console.log('1. ' + player.name + ' ' + player.score)
            }
          `,
          reference: program`
            const lines = require('fs').readFileSync(0, 'utf8').split('\n')
            const count = Number(lines[0])
            const players = []
            for (const line of lines.slice(1, count + 1)) {
              const [name, score] = line.split(' ')
              players.push({ name: name, score: Number(score) })
            }

            // The higher score comes first; the name settles ties.
            players.sort((a, b) => {
              if (a.score !== b.score) return b.score - a.score
              return a.name < b.name ? -1 : 1
            })

            let place = 1
            for (const player of players) {
              console.log(place + '. ' + player.name + ' ' + player.score)
              place = place + 1
            }
          `,
        },
      },
      tests: [
        {
          key: 'three',
          name: 'three players',
          points: 1,
          stdin: '3\nida 40\nben 75\ncleo 62\n',
          expected_stdout: '1. ben 75\n2. cleo 62\n3. ida 40\n',
        },
        { key: 'tie', name: 'a tie goes by name', points: 1, stdin: '2\nzoe 50\nabe 50\n', expected_stdout: '1. abe 50\n2. zoe 50\n' },
        {
          key: 'length',
          name: 'scores of different length',
          points: 2,
          is_hidden: true,
          stdin: '4\nann 9\nbob 100\ncem 25\ndee 1000\n',
          expected_stdout: '1. dee 1000\n2. bob 100\n3. cem 25\n4. ann 9\n',
        },
        { key: 'alone', name: 'a single player', points: 1, is_hidden: true, stdin: '1\nkim 0\n', expected_stdout: '1. kim 0\n' },
      ],
    },
  },
}
