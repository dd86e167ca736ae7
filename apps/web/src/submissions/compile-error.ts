import type { Language } from '@gradus/contract/words'

export interface CompileError {
  /** From 1; null where the compiler names none. */
  line: number | null
  message: string
}

const clean = (message: string): string => message.trim().replace(/\s+/g, ' ').slice(0, 300)

/** gcc, g++ and javac: `name:line[:column]: [fatal ]error: message`. */
function byColon(output: string): CompileError | null {
  const found = /^[^\s:][^:\n]*:(\d+):(?:\d+:)?\s*(?:fatal )?error:\s*(.+)$/m.exec(output)
  return found === null ? null : { line: Number(found[1]), message: clean(found[2]!) }
}

/** Python: the last `File "...", line N` before a closing `SomethingError: message`. */
function python(output: string): CompileError | null {
  const lines = [...output.matchAll(/^\s*File "[^"]*", line (\d+)/gm)]
  const said = /^(\w*(?:Error|Warning|Exception)): ?(.*)$/m.exec(output)
  if (lines.length === 0 && said === null) return null
  return { line: lines.length === 0 ? null : Number(lines.at(-1)![1]), message: clean(said === null ? 'This is not valid Python.' : said[0]) }
}

/** Node and QuickJS: `file:line` somewhere, then `SyntaxError: message`. */
function javascript(output: string): CompileError | null {
  const said = /(\w*Error): ?(.*)/.exec(output)
  const at = /(?:^|[\s(/])[\w.-]+\.(?:c|m)?js:(\d+)/m.exec(output) ?? /\bline:? (\d+)/i.exec(output)
  if (said === null && at === null) return null
  return { line: at === null ? null : Number(at[1]), message: clean(said === null ? 'This is not valid JavaScript.' : said[0]) }
}

/** The first error a compiler speaks of, with its line; null where its words are not understood. */
export function firstCompileError(output: string, language: Language): CompileError | null {
  if (language === 'python') return python(output)
  if (language === 'javascript') return javascript(output)
  return byColon(output)
}
