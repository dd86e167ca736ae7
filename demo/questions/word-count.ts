import { type DemoQuestion, program, statement } from '../shapes.ts'

export const wordCount: DemoQuestion = {
  slug: 'word-count',
  content: {
    title: 'How often does each word occur?',
    statement_markdown: statement('word-count'),
    spec: {
      kind: 'function',
      function_name: 'word_count',
      languages: {
        python: {
          starter: program`
            def word_count(text):
                counts = {}
                for word in text.split():
                    counts[word] = 1
                return counts
          `,
          reference: program`
            def word_count(text):
                counts = {}
                for word in text.lower().split():
                    counts[word] = counts.get(word, 0) + 1
                return counts
          `,
        },
        javascript: {
          starter: program`
            function word_count(text) {
              const counts = {}
              for (const word of text.split(' ')) {
                counts[word] = 1
              }
              return counts
            }
          `,
          reference: program`
            function word_count(text) {
              // A Map, because a plain object already knows words such as "constructor".
              const counts = new Map()
              for (const word of text.toLowerCase().split(' ')) {
                if (word !== '') {
                  counts.set(word, (counts.get(word) ?? 0) + 1)
                }
              }
              return Object.fromEntries(counts)
            }
          `,
        },
      },
      tests: [
        { key: 'once', name: 'every word once', points: 1, args: ['one two three'], expected: { one: 1, two: 1, three: 1 } },
        { key: 'twice', name: 'a word that comes back', points: 1, args: ['the cat and the dog'], expected: { the: 2, cat: 1, and: 1, dog: 1 } },
        { key: 'capitals', name: 'capital letters', points: 1, is_hidden: true, args: ['Tick tock tick TOCK'], expected: { tick: 2, tock: 2 } },
        { key: 'spaces', name: 'several spaces in a row', points: 1, is_hidden: true, args: ['  far   away '], expected: { far: 1, away: 1 } },
        { key: 'empty', name: 'empty text', points: 1, is_hidden: true, args: [''], expected: {} },
      ],
    },
  },
}
