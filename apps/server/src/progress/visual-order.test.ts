import { expect, test } from 'vitest'
import { visualOrder } from './visual-order.ts'

const seen = (line: string) => visualOrder(line).map((run) => (run.is_rtl ? `<${run.text}` : run.text))

test.each([
  ['', []],
  ['Ada Łukasiewicz', ['Ada Łukasiewicz']],
  ['Софья 7', ['Софья 7']],
  ['שרה כהן', ['<שרה כהן']],
  ['Dr. שרה כהן', ['Dr. ', '<שרה כהן']],
  ['Dr. שרה כהן, Haifa', ['Dr. ', '<שרה כהן', ', Haifa']],
  // Within right to left a Latin word and its number keep their order; the piece after them stands to their left.
  ['מבוא Python 3 לכולם', ['< לכולם', 'Python 3', '<מבוא ']],
  // Brackets face the other way where the text does.
  ['שרה (כהן)', ['<שרה )כהן(']],
  ['Ada (שרה)', ['Ada (', '<שרה', ')']],
  // A number among right-to-left letters, on a line that runs left to right.
  ['Intro שלב 12 שני end', ['Intro ', '< שני', '12', '<שלב ', ' end']],
  ['محمد بن عبد الله', ['<محمد بن عبد الله']],
  // A mark stays with its letter.
  ['o\u0308 שָׁלוֹם', ['o\u0308 ', '<שָׁלוֹם']],
])('%s', (line, runs) => expect(seen(line)).toEqual(runs))

test('nothing is lost and nothing is added', () => {
  const line = 'Prof. Dr. (שרה) כהן, 3. الوحدة «أ» – x'
  const letters = (text: string) => [...text].filter((sign) => !/[()«»]/.test(sign)).sort()
  expect(
    letters(
      visualOrder(line)
        .map((run) => run.text)
        .join(''),
    ),
  ).toEqual(letters(line))
})
