import { type DemoQuestion, program, statement } from '../shapes.ts'

export const secretMessage: DemoQuestion = {
  slug: 'secret-message',
  content: {
    title: 'A secret message',
    statement_markdown: statement('secret-message'),
    spec: {
      kind: 'function',
      function_name: 'shift_letters',
      languages: {
        python: {
          starter: program`
            ALPHABET = "abcdefghijklmnopqrstuvwxyz"


            def shift_letters(message, steps):
                secret = ""
                for letter in message:
                    # Find the letter in ALPHABET and take the one that is steps further.
                    secret = secret + letter
                return secret
          `,
          reference: program`
            ALPHABET = "abcdefghijklmnopqrstuvwxyz"


            def shift_letters(message, steps):
                secret = ""
                for letter in message:
                    if letter in ALPHABET:
                        place = (ALPHABET.index(letter) + steps) % 26
                        secret = secret + ALPHABET[place]
                    else:
                        secret = secret + letter
                return secret
          `,
        },
        javascript: {
          starter: program`
            const ALPHABET = 'abcdefghijklmnopqrstuvwxyz'

            function shift_letters(message, steps) {
              let secret = ''
              for (const letter of message) {
                // Find the letter in ALPHABET and take the one that is steps further.
                secret = secret + letter
              }
              return secret
            }
          `,
          reference: program`
            const ALPHABET = 'abcdefghijklmnopqrstuvwxyz'

            function shift_letters(message, steps) {
              let secret = ''
              for (const letter of message) {
                const found = ALPHABET.indexOf(letter)
                if (found === -1) {
                  secret = secret + letter
                } else {
                  // Adding 26 first keeps the remainder positive for steps to the left.
                  const place = (((found + steps) % 26) + 26) % 26
                  secret = secret + ALPHABET[place]
                }
              }
              return secret
            }
          `,
        },
      },
      tests: [
        { key: 'hal', name: 'one step to the right', points: 1, args: ['hal', 1], expected: 'ibm' },
        { key: 'spaces', name: 'spaces and punctuation stay', points: 1, args: ['meet me, now!', 3], expected: 'phhw ph, qrz!' },
        { key: 'wrap', name: 'past the end of the alphabet', points: 1, args: ['xyz', 3], expected: 'abc' },
        { key: 'back', name: 'steps to the left', points: 1, is_hidden: true, args: ['phhw', -3], expected: 'meet' },
        { key: 'wrap-back', name: 'past the beginning of the alphabet', points: 1, is_hidden: true, args: ['abc', -1], expected: 'zab' },
        { key: 'round', name: 'more than once around', points: 1, is_hidden: true, args: ['gradus', 53], expected: 'hsbevt' },
      ],
    },
  },
}
