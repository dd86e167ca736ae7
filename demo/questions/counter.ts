import { type DemoQuestion, program, statement } from '../shapes.ts'

/** JavaScript only: closures are its everyday tool. */
export const counter: DemoQuestion = {
  slug: 'counter',
  content: {
    title: 'A counter that remembers',
    statement_markdown: statement('counter'),
    spec: {
      kind: 'unit',
      languages: {
        javascript: {
          starter: program`
            function makeCounter(start) {
              return {
                next() {
                  return start
                },
                reset() {},
              }
            }

            module.exports = { makeCounter }
          `,
          reference: program`
            function makeCounter(start) {
              let value = start
              return {
                next() {
                  const current = value
                  value = value + 1
                  return current
                },
                reset() {
                  value = start
                },
              }
            }

            module.exports = { makeCounter }
          `,
          test_file: program`
            const { makeCounter } = require('./solution.js')

            test('begins at the start', () => {
              assertEqual(makeCounter(5).next(), 5)
            })

            test('counts on', () => {
              const counter = makeCounter(1)
              assertEqual([counter.next(), counter.next(), counter.next()], [1, 2, 3])
            })

            test('goes back on reset', () => {
              const counter = makeCounter(10)
              counter.next()
              counter.next()
              counter.reset()
              assertEqual(counter.next(), 10)
            })

            test('two counters do not mix', () => {
              const left = makeCounter(0)
              const right = makeCounter(100)
              left.next()
              left.next()
              assertEqual(right.next(), 100)
              assertEqual(left.next(), 2)
            })

            test('counts up from below zero', () => {
              const counter = makeCounter(-1)
              assertEqual([counter.next(), counter.next(), counter.next()], [-1, 0, 1])
            })
          `,
        },
      },
      tests: [
        { key: 'start', name: 'begins at the start', points: 1, test_name: 'begins at the start' },
        { key: 'on', name: 'counts on', points: 1, test_name: 'counts on' },
        { key: 'reset', name: 'goes back on reset', points: 1, test_name: 'goes back on reset' },
        { key: 'two', name: 'two counters do not mix', points: 1, is_hidden: true, test_name: 'two counters do not mix' },
        { key: 'negative', name: 'counts up from below zero', points: 1, is_hidden: true, test_name: 'counts up from below zero' },
      ],
    },
  },
}
