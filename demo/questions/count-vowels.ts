import { type DemoQuestion, program, statement } from '../shapes.ts'

export const countVowels: DemoQuestion = {
  slug: 'count-vowels',
  content: {
    title: 'Count the vowels',
    statement_markdown: statement('count-vowels'),
    spec: {
      kind: 'function',
      function_name: 'count_vowels',
      languages: {
        python: {
          starter: program`
            def count_vowels(text):
                count = 0
                for letter in text:
                    if letter == "a":
                        count = count + 1
                return count
          `,
          reference: program`
            def count_vowels(text):
                count = 0
                for letter in text.lower():
                    if letter in "aeiou":
                        count = count + 1
                return count
          `,
        },
        javascript: {
          starter: program`
            function count_vowels(text) {
              let count = 0
              for (const letter of text) {
                if (letter === 'a') {
                  count = count + 1
                }
              }
              return count
            }
          `,
          reference: program`
            function count_vowels(text) {
              let count = 0
              for (const letter of text.toLowerCase()) {
                if ('aeiou'.includes(letter)) {
                  count = count + 1
                }
              }
              return count
            }
          `,
        },
      },
      tests: [
        { key: 'banana', name: 'one vowel, three times', points: 1, args: ['banana'], expected: 3 },
        { key: 'education', name: 'all five vowels', points: 1, args: ['education'], expected: 5 },
        { key: 'none', name: 'no vowel at all', points: 1, args: ['rhythm'], expected: 0 },
        { key: 'capitals', name: 'capital letters', points: 1, is_hidden: true, args: ['ALAN and Ida'], expected: 5 },
        { key: 'empty', name: 'empty text', points: 1, is_hidden: true, args: [''], expected: 0 },
        { key: 'mixed', name: 'digits and punctuation', points: 1, is_hidden: true, args: ['Room 101, please!'], expected: 5 },
      ],
    },
  },
}
