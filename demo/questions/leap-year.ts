import { type DemoQuestion, program, statement } from '../shapes.ts'

export const leapYear: DemoQuestion = {
  slug: 'leap-year',
  content: {
    title: 'Leap years',
    statement_markdown: statement('leap-year'),
    spec: {
      kind: 'function',
      function_name: 'is_leap_year',
      languages: {
        python: {
          starter: program`
            def is_leap_year(year):
                # Every fourth year is a start, but not the whole story.
                return year % 4 == 0
          `,
          reference: program`
            def is_leap_year(year):
                if year % 400 == 0:
                    return True
                if year % 100 == 0:
                    return False
                return year % 4 == 0
          `,
        },
        javascript: {
          starter: program`
            function is_leap_year(year) {
              // Every fourth year is a start, but not the whole story.
              return year % 4 === 0
            }
          `,
          reference: program`
            function is_leap_year(year) {
              if (year % 400 === 0) return true
              if (year % 100 === 0) return false
              return year % 4 === 0
            }
          `,
        },
      },
      tests: [
        { key: 'y2024', name: 'an ordinary leap year', points: 1, args: [2024], expected: true },
        { key: 'y2023', name: 'an ordinary year', points: 1, args: [2023], expected: false },
        { key: 'y1900', name: 'the year 1900 was none', points: 1, args: [1900], expected: false },
        { key: 'y2000', name: 'the year 2000 was one', points: 1, is_hidden: true, args: [2000], expected: true },
        { key: 'y2100', name: 'the year 2100 will be none', points: 1, is_hidden: true, args: [2100], expected: false },
        { key: 'y2400', name: 'a year far ahead', points: 1, is_hidden: true, args: [2400], expected: true },
      ],
    },
  },
}
