import { openWasmSandbox } from '../packages/sandbox/src/wasm/open.ts'

/** `node bench/wasm-start.ts [runs]`: how long the portable sandbox takes to open, and a hello in each of its languages then, one at a time. */
const runs = Number(process.argv[2] ?? 40)
const limits = { time_ms: 5_000, memory_mb: 256, output_kb: 64 }
const median = (all: number[]): string => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]!.toFixed(0)

const opening = performance.now()
const sandbox = await openWasmSandbox({ slots: 1 })
console.log(`open, with the first program of each language: ${(performance.now() - opening).toFixed(0)} ms`)
try {
  for (const [language, main, text] of [
    ['python', 'main.py', 'print("hello")'],
    ['javascript', 'main.js', 'console.log("hello")'],
  ] as const) {
    const compiled = await sandbox.compile({ language, main, files: { [main]: Buffer.from(text) }, compiler_flags: [] })
    if (!compiled.ok) throw new Error(compiled.output)
    const whole: number[] = []
    const own: number[] = []
    for (let i = 0; i < runs; i++) {
      const began = performance.now()
      const { time_ms, ending } = await sandbox.run(compiled.program, { stdin: new Uint8Array(), limits })
      if (ending.kind !== 'exit' || ending.code !== 0) throw new Error(JSON.stringify(ending))
      whole.push(performance.now() - began)
      own.push(time_ms)
    }
    console.log(`${language}: ${median(whole)} ms for a run, of which the program itself ${median(own)} ms (medians of ${runs})`)
  }
} finally {
  await sandbox.close()
}
