import { expect, test } from 'vitest'
import { csvOf } from './csv.ts'

test('rows are UTF-8 with a mark, quoted, and no cell of text is a formula', () => {
  expect(csvOf(['a', 'b'], [])).toBe('\ufeff"a","b"\r\n')
  expect(csvOf(['a'], [['=1+1'], ['\t=x'], [' +cmd|calc'], ['@SUM(A1)'], [-5], [null], [true], ['safe "quoted", שרה']])).toBe(
    ['\ufeff"a"', '"\'=1+1"', '"\'\t=x"', '"\' +cmd|calc"', '"\'@SUM(A1)"', '"-5"', '""', '"true"', '"safe ""quoted"", שרה"', ''].join('\r\n'),
  )
})
