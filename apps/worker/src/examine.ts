import { ioTest } from '@gradus/contract/questions'
import { languages as all, MAX_CODE_BYTES } from '@gradus/contract/words'
import type { ChosenSandboxes } from '@gradus/sandbox/choose'

type Language = (typeof all)[number]

/** What this machine can grade, for people and, as JSON, for scripts. */
export interface Health {
  /** Python and JavaScript can be graded: enough for the demo course and most others. */
  is_healthy: boolean
  languages: {
    language: Language
    sandbox: 'bubblewrap' | 'wasm' | null
    runtime: string | null
    /** Why it cannot be graded; empty where it can. */
    reasons: readonly string[]
    /** Lines to run, or to change, that mend it. */
    mend: readonly string[]
  }[]
  native: ChosenSandboxes['native']
  limits: { default: Limits; most: Limits; max_code_bytes: number }
}
interface Limits {
  time_ms: number
  memory_mb: number
  output_kb: number
}

/** Puts together what was found; decides nothing but health. */
export function examine(found: Pick<ChosenSandboxes, 'languages' | 'missing' | 'native'>): Health {
  const languages = all.map((language) => {
    const runs = found.languages.find((one) => one.language === language)
    const lacks = found.missing.find((one) => one.language === language)
    return { language, sandbox: runs?.sandbox ?? null, runtime: runs?.runtime ?? null, reasons: lacks?.reasons ?? [], mend: lacks?.mend ?? [] }
  })
  const runs = (language: Language): boolean => found.languages.some((one) => one.language === language)
  return { is_healthy: runs('python') && runs('javascript'), languages, native: found.native, limits: limits() }
}

/** The limits a test has unless its teacher says otherwise, and the most one may ask for: read from the contract. */
function limits(): Health['limits'] {
  const { time_ms, memory_mb, output_kb } = ioTest.shape
  const of = (read: (shape: typeof time_ms) => number): Limits => ({ time_ms: read(time_ms), memory_mb: read(memory_mb), output_kb: read(output_kb) })
  return { default: of((shape) => shape.parse(undefined)), most: of((shape) => shape.unwrap().maxValue!), max_code_bytes: MAX_CODE_BYTES }
}

/** The same as lines for a terminal. */
export function report(health: Health): string[] {
  const { native, limits } = health
  const rows = health.languages.map(({ language, sandbox, runtime }) => [language, sandbox ?? 'missing', runtime ?? ''])
  const widths = [0, 1].map((i) => Math.max(...rows.map((row) => row[i]!.length)))
  const mends = [...new Set([...(native.ok ? [] : native.mend), ...health.languages.flatMap((one) => one.mend)])]
  // What the native sandbox lacks is said once, and not for each language it would bring.
  const general = new Set(native.ok ? [] : native.reasons)
  const why = health.languages.flatMap((one) => one.reasons.filter((reason) => !general.has(reason)).map((reason) => `  ${one.language}: ${reason}`))
  const said = (of: Limits): string => `${of.time_ms / 1000} s, ${of.memory_mb} MB, ${of.output_kb} KB of output`
  return [
    'Languages and the sandbox that runs each:',
    ...rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd()),
    '',
    native.ok
      ? `Native sandbox: bubblewrap, memory and processes bounded by ${native.bounded_by}.`
      : 'Native sandbox: none. Native code is refused here; it never runs without a sandbox.',
    ...(native.ok ? [] : native.reasons.map((reason) => `  ${reason}`)),
    `Limits of a test: ${said(limits.default)} by default, at most ${said(limits.most)}. Code: ${limits.max_code_bytes / 1024} KB.`,
    ...(why.length > 0 ? ['', 'Missing:', ...why] : []),
    ...(mends.length > 0 ? ['', 'To mend it:', ...mends.map((line) => `  ${line}`)] : []),
    '',
    health.is_healthy ? 'Python and JavaScript can be graded.' : 'Python and JavaScript cannot both be graded.',
  ]
}
