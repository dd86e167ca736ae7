import { expect, test } from 'vitest'
import { tidySerial } from './serial.ts'

test('a serial is the same however it is typed, and never longer than the server reads', () => {
  for (const typed of ['abcd-efgh-jkmn-pqrs', ' ABCD EFGH\u00a0JKMN PQRS ', 'abcd–efgh—jkmn−pqrs']) expect(tidySerial(typed)).toBe('ABCDEFGHJKMNPQRS')
  expect(tidySerial('- –')).toBe('')
  expect(tidySerial('x'.repeat(900))).toHaveLength(40)
})
