import { expect, test } from 'vitest'
import { openSandboxes } from './choose.ts'
import { gradeProgram } from './grade.ts'

const base = { name: 'a test', points: 1, is_hidden: false, time_ms: 5_000, memory_mb: 256, output_kb: 64 }
const hello = {
  kind: 'io' as const,
  comparator: { kind: 'exact' as const },
  languages: { python: { starter: '', reference: '', compiler_flags: [] }, c: { starter: '', reference: '', compiler_flags: [] } },
  tests: [{ ...base, key: 't1', stdin: '', expected_stdout: 'hello\n' }],
}

test('without bubblewrap Python and JavaScript run in WebAssembly, and native languages do not run at all', async () => {
  const sandboxes = await openSandboxes({ bubblewrap: { search_path: '/nowhere' } })
  try {
    expect(sandboxes.native).toMatchObject({ ok: false, reasons: [expect.any(String)], mend: [expect.any(String)] })
    expect(sandboxes.languages).toEqual([
      { language: 'python', sandbox: 'wasm', runtime: expect.stringContaining('CPython 3.12') },
      { language: 'javascript', sandbox: 'wasm', runtime: expect.stringContaining('QuickJS') },
    ])
    expect(sandboxes.missing.map((one) => one.language)).toEqual(['c', 'cpp', 'java'])
    for (const one of sandboxes.missing) expect([one.reasons.length, one.mend.length]).not.toContain(0)
    const code = Buffer.from('print("hello")')
    expect((await gradeProgram(sandboxes, { language: 'python', code, spec: hello })).tests[0]!.verdict).toBe('accepted')
    await expect(gradeProgram(sandboxes, { language: 'c', code, spec: hello })).rejects.toThrow('no sandbox here runs c')
  } finally {
    await sandboxes.close()
  }
})

test('every language is either offered once or missing with a reason, whatever this machine has', async () => {
  const [usual, portable] = [await openSandboxes(), await openSandboxes({ prefer: 'wasm', slots: 1 })]
  try {
    for (const { languages, missing } of [usual, portable]) {
      expect([...languages, ...missing].map((one) => one.language).toSorted()).toEqual(['c', 'cpp', 'java', 'javascript', 'python'])
      for (const one of missing) expect(one.reasons.length).toBeGreaterThan(0)
    }
    const native = usual.native.ok ? 'bubblewrap' : 'wasm'
    for (const one of usual.languages) expect([one.language, one.sandbox]).toEqual([one.language, usual.for(one.language)!.sandbox.name])
    expect(usual.languages.find((one) => one.language === 'javascript')!.sandbox).toBe(native)
    expect(portable.languages.filter((one) => one.sandbox === 'wasm').map((one) => one.language)).toEqual(['python', 'javascript'])
    expect(usual.missing.map((one) => one.language)).toEqual(portable.missing.map((one) => one.language))
  } finally {
    await Promise.all([usual.close(), portable.close()])
  }
})
