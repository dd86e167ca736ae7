import { expect, test } from 'vitest'
import { csvText, lineCount } from './csv-text.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const utf16 = (text: string, is_little: boolean) => {
  const bytes = new Uint8Array(text.length * 2)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), is_little)
  return bytes
}

test('names come out as they were typed, whatever form of Unicode the spreadsheet chose', () => {
  const text = 'nickname;first_name\nz1;Žofie O’Brien 王\n'
  expect(csvText(utf8(text))).toBe(text)
  expect(csvText(utf8(`\ufeff${text}`))).toBe(text)
  expect(csvText(utf16(`\ufeff${text}`, true))).toBe(text)
  expect(csvText(utf16(`\ufeff${text}`, false))).toBe(text)
})

test('an old code page and a workbook are refused, not guessed', () => {
  expect(csvText(new Uint8Array([0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72]))).toBeNull()
  expect(csvText(new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]))).toBeNull()
})

test('lines are counted without the head and empty ones', () => {
  expect(lineCount('a,b\r\n1,2\r\n\r\n3,4')).toBe(2)
  expect(lineCount('')).toBe(0)
})
