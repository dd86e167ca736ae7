import { type DemoQuestion, program, statement } from '../shapes.ts'

/** Python only: an exercise in reading someone else's code. The starter works for lists of odd length that are in order. */
export const brokenMedian: DemoQuestion = {
  slug: 'broken-median',
  content: {
    title: 'Find the bug: the median',
    statement_markdown: statement('broken-median'),
    spec: {
      kind: 'unit',
      languages: {
        python: {
          starter: program`
            def median(numbers):
                middle = len(numbers) // 2
                return numbers[middle]
          `,
          reference: program`
            def median(numbers):
                ordered = sorted(numbers)
                middle = len(ordered) // 2
                if len(ordered) % 2 == 1:
                    return ordered[middle]
                return (ordered[middle - 1] + ordered[middle]) / 2
          `,
          test_file: program`
            from solution import median


            def check(numbers, expected):
                got = median(numbers)
                assert got == expected, f"median({numbers}) should be {expected}, not {got}"


            def test_odd():
                check([1, 5, 9], 5)


            def test_unsorted():
                check([9, 1, 5], 5)


            def test_even():
                check([1, 3, 5, 9], 4)


            def test_even_unsorted():
                check([8, 2, 4, 10], 6)


            def test_single():
                check([42], 42)


            def test_list_unchanged():
                numbers = [9, 1, 5]
                median(numbers)
                assert numbers == [9, 1, 5], "the list of the caller should stay as it was"
          `,
        },
      },
      tests: [
        { key: 'odd', name: 'an ordered list of three', points: 1, test_name: 'test_odd' },
        { key: 'unsorted', name: 'a list in disorder', points: 2, test_name: 'test_unsorted' },
        { key: 'even', name: 'two numbers in the middle', points: 2, test_name: 'test_even' },
        { key: 'even-unsorted', name: 'both difficulties at once', points: 1, is_hidden: true, test_name: 'test_even_unsorted' },
        { key: 'single', name: 'a single number', points: 1, is_hidden: true, test_name: 'test_single' },
        { key: 'unchanged', name: 'the list itself stays as it was', points: 1, is_hidden: true, test_name: 'test_list_unchanged' },
      ],
    },
  },
}
