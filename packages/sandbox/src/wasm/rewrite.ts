/**
 * Changes two things in CPython's WebAssembly module before it is compiled, section by section, without touching code:
 *
 * - Its memory becomes an import, so that every run brings a memory with a maximum of its own. One compiled module then
 *   serves all memory limits.
 * - Its stack moves above its first memory. The build gives the stack 512 KiB at address 0, which about 160 calls
 *   through C use up (a decorated function or a class that builds itself), and then it traps where CPython's own check
 *   would have raised RecursionError. The heap does not meet the new place: it ends at a constant of the linker and
 *   grows by memory.grow alone, behind the stack.
 *
 * Debugging sections, half of the file, are left out.
 */
export function rewriteModule(bytes: Uint8Array<ArrayBuffer>, stack_pages: number): { bytes: Uint8Array<ArrayBuffer>; initial_pages: number } {
  const sections = sectionsOf(bytes)
  const memory = sections.find((section) => section.id === MEMORY)
  if (!memory) throw new Error('this module declares no memory of its own')
  const reader = { bytes, at: memory.start }
  if (readUnsigned(reader) !== 1) throw new Error('this module declares more than one memory')
  readUnsigned(reader)
  const own_pages = readUnsigned(reader)
  const initial_pages = own_pages + stack_pages

  const parts: Uint8Array[] = [bytes.subarray(0, 8)]
  for (const section of sections) {
    if (section.id === CUSTOM || section.id === MEMORY) continue
    let body: Uint8Array = bytes.subarray(section.start, section.end)
    if (section.id === IMPORT) body = withMemoryImport(body, own_pages)
    if (section.id === GLOBAL) body = withStackPointer(body, initial_pages * PAGE_BYTES)
    parts.push(Uint8Array.of(section.id, ...unsigned(body.length)), body)
  }
  return { bytes: concat(parts), initial_pages }
}

export const PAGE_BYTES = 65_536

const CUSTOM = 0
const IMPORT = 2
const MEMORY = 5
const GLOBAL = 6

interface Reader {
  bytes: Uint8Array
  at: number
}

function sectionsOf(bytes: Uint8Array): { id: number; start: number; end: number }[] {
  const sections = []
  const reader = { bytes, at: 8 }
  while (reader.at < bytes.length) {
    const id = bytes[reader.at++]!
    const size = readUnsigned(reader)
    sections.push({ id, start: reader.at, end: reader.at + size })
    reader.at += size
  }
  return sections
}

function withMemoryImport(body: Uint8Array, pages: number): Uint8Array {
  const reader = { bytes: body, at: 0 }
  const count = readUnsigned(reader)
  const name = (text: string) => [text.length, ...new TextEncoder().encode(text)]
  // Kind 2 is a memory; flag 0 says that any maximum will do.
  const entry = Uint8Array.of(...name('env'), ...name('memory'), 2, 0, ...unsigned(pages))
  return concat([Uint8Array.from(unsigned(count + 1)), body.subarray(reader.at), entry])
}

/** The first global of what LLVM links is the stack pointer: a mutable i32 that begins as a constant. */
function withStackPointer(body: Uint8Array, top: number): Uint8Array {
  const reader = { bytes: body, at: 0 }
  const count = readUnsigned(reader)
  const [type, isMutable, opcode] = body.subarray(reader.at)
  if (type !== 0x7f || isMutable !== 1 || opcode !== 0x41) throw new Error('the first global of this module is not a stack pointer')
  const head = body.subarray(reader.at, reader.at + 3)
  reader.at += 3
  readUnsigned(reader)
  return concat([Uint8Array.from(unsigned(count)), head, Uint8Array.from(signed(top)), body.subarray(reader.at)])
}

function readUnsigned(reader: Reader): number {
  let value = 0
  let shift = 0
  for (;;) {
    const byte = reader.bytes[reader.at++]!
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) return value >>> 0
    shift += 7
  }
}

function unsigned(value: number): number[] {
  const bytes = []
  for (; value >= 0x80; value >>>= 7) bytes.push((value & 0x7f) | 0x80)
  return [...bytes, value]
}

/** LEB128 of a number that is not negative: as unsigned, but bit 6 of the last byte must be clear. */
function signed(value: number): number[] {
  const bytes = unsigned(value)
  const last = bytes.at(-1)!
  return last < 0x40 ? bytes : [...bytes.slice(0, -1), last | 0x80, 0]
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
