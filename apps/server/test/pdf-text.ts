import { inflateSync } from 'node:zlib'

/** What a PDF of ours says to whoever copies it or has it read aloud: its words as painted, piece by piece, and the texts its tags name. */
export function pdfText(pdf: Buffer): { painted: string[]; actual: string[] } {
  const objects = new Map<string, { head: string; stream: string }>()
  const raw = pdf.toString('latin1')
  for (const [, id, body] of raw.matchAll(/(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    const [head, packed] = body!.split(/\nstream\n/, 2) as [string, string?]
    const bytes = packed === undefined ? undefined : Buffer.from(packed.replace(/\nendstream$/, ''), 'latin1')
    const stream = bytes === undefined ? '' : head.includes('/FlateDecode') ? inflateSync(bytes).toString('latin1') : bytes.toString('latin1')
    objects.set(id!, { head, stream })
  }
  const refer = (head: string, name: string) => objects.get(new RegExp(`/${name} (\\d+) 0 R`).exec(head)?.[1] ?? '')
  const fonts = new Map<string, string[]>()
  for (const { head } of objects.values())
    for (const [, name, id] of head.matchAll(/\/(F\d+) (\d+) 0 R/g)) fonts.set(name!, lettersOf(refer(objects.get(id!)!.head, 'ToUnicode')!.stream))
  const painted: string[] = []
  for (const { head } of objects.values()) {
    if (!/\/Type \/Page\b/.test(head)) continue
    let letters: string[] = []
    for (const [, font, pieces] of refer(head, 'Contents')!.stream.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
      if (font !== undefined) letters = fonts.get(font)!
      else
        painted.push(
          [...pieces!.matchAll(/<([0-9a-f]*)>/g)].map(([, hex]) => hex!.replace(/..../g, (code) => letters[Number.parseInt(code, 16)]!)).join(''),
        )
    }
  }
  return { painted, actual: [...raw.matchAll(/\/ActualText \(((?:\\[\s\S]|[^\\)])*)\)/g)].map(([, text]) => textOfString(text!)) }
}

const utf16 = (hex: string): string => Buffer.from(hex, 'hex').swap16().toString('utf16le')

/** The letters of a font's codes, from 0. */
const lettersOf = (cmap: string): string[] =>
  [...cmap.matchAll(/beginbfrange\n([\s\S]*?)\nendbfrange/g)].flatMap(([, ranges]) =>
    [...ranges!.matchAll(/\[([^\]]*)\]/g)].flatMap(([, list]) =>
      [...list!.matchAll(/<([0-9a-f ]*)>/g)].map(([, hex]) => utf16(hex!.replaceAll(' ', ''))),
    ),
  )

/** A PDF string: UTF-16 behind a mark, else Latin. */
function textOfString(escaped: string): string {
  const text = escaped.replace(/\\([\s\S])/g, (_, sign: string) => ({ n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' })[sign] ?? sign)
  return text.startsWith('\u00fe\u00ff') ? utf16(Buffer.from(text.slice(2), 'latin1').toString('hex')) : text
}
