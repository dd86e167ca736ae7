import type { Language } from '@gradus/problem/spec'
import { type BubblewrapOptions, type Opened, openBubblewrap } from './bubblewrap/open.ts'
import type { Sandboxes } from './grade.ts'
import type { Sandbox } from './sandbox.ts'
import { openWasmSandbox } from './wasm/open.ts'

/** Which sandbox runs which language on this machine, and why a language has none. */
export interface ChosenSandboxes extends Sandboxes {
  readonly languages: readonly { language: Language; sandbox: Sandbox['name']; runtime: string }[]
  readonly missing: readonly { language: Language; reasons: readonly string[]; mend: readonly string[] }[]
  /** Whether the native sandbox can be applied here; if not, why, and what would mend it. */
  readonly native: { ok: true; bounded_by: string } | { ok: false; reasons: readonly string[]; mend: readonly string[] }
  /** Ends every process of the sandboxes. */
  close(): Promise<void>
}

export interface ChooseOptions {
  /** Where both run a language. By default `bubblewrap`, which is seven times faster; `wasm` is for comparing, and for tests. */
  prefer?: Sandbox['name']
  /** How many programs the wasm sandbox runs at once. */
  slots?: number
  /** Where the native sandbox finds what it needs, if not in the usual places. */
  bubblewrap?: BubblewrapOptions
}

const ALL: readonly Language[] = ['python', 'javascript', 'c', 'cpp', 'java']
const PORTABLE: readonly Language[] = ['python', 'javascript']

/**
 * Opens what this machine can run programs in. Native code runs in bubblewrap or not at all: where the recipe cannot
 * be applied, Python and JavaScript run in WebAssembly, and the other languages are missing, with the reason. There is
 * no third way: no program of a learner ever runs in an unprotected process.
 */
export async function openSandboxes(options: ChooseOptions = {}): Promise<ChosenSandboxes> {
  const native = await openBubblewrap(options.bubblewrap)
  const wasm = await openPortable(native, options)
  const open = [wasm.sandbox, native.ok ? native.sandbox : null].filter((one) => one !== null)
  const preferred = options.prefer ?? 'bubblewrap'
  const chosen = new Map<Language, { sandbox: Sandbox; runtime: string }>()
  // The preferred one comes last and overwrites.
  for (const sandbox of open.toSorted((a, b) => Number(a.name === preferred) - Number(b.name === preferred))) {
    for (const { language, runtime } of sandbox.languages) chosen.set(language, { sandbox, runtime })
  }
  return {
    for: (language) => chosen.get(language) ?? null,
    languages: ALL.flatMap((language) => {
      const found = chosen.get(language)
      return found ? [{ language, sandbox: found.sandbox.name, runtime: found.runtime }] : []
    }),
    missing: ALL.filter((language) => !chosen.has(language)).map((language) => whyMissing(language, native, wasm.failure)),
    native: native.ok ? { ok: true, bounded_by: native.sandbox.bounded_by } : { ok: false, reasons: native.reasons, mend: native.mend },
    close: async () => {
      await Promise.all(open.map((sandbox) => sandbox.close()))
    },
  }
}

/** The wasm sandbox is opened only where something would run in it: its process holds 200 MB. */
async function openPortable(native: Opened, { prefer, slots }: ChooseOptions): Promise<{ sandbox: Sandbox | null; failure: string | null }> {
  const runsNatively = (language: Language) => native.ok && native.sandbox.languages.some((one) => one.language === language)
  if (prefer !== 'wasm' && PORTABLE.every(runsNatively)) return { sandbox: null, failure: null }
  try {
    return { sandbox: await openWasmSandbox(slots === undefined ? {} : { slots }), failure: null }
  } catch (error) {
    return { sandbox: null, failure: error instanceof Error ? error.message : String(error) }
  }
}

function whyMissing(language: Language, native: Opened, wasm_failure: string | null): ChosenSandboxes['missing'][number] {
  const portable = PORTABLE.includes(language) && wasm_failure !== null ? [`the portable sandbox cannot run here: ${wasm_failure}`] : []
  if (!native.ok) return { language, reasons: [...portable, ...native.reasons], mend: native.mend }
  const lacks = native.sandbox.missing.filter((one) => one.language === language)
  return { language, reasons: [...portable, ...lacks.map((one) => one.reason)], mend: lacks.map((one) => one.mend) }
}
