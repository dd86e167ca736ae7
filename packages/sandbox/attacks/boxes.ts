import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { BubblewrapSandbox } from '../src/bubblewrap/open.ts'
import type { Run, RunInput, Sandbox } from '../src/sandbox.ts'
import { type Attack, DEFAULT_MEMORY_MB, type Observation, OUTPUT_KB, timeFor, verdictOfCompilation, verdictOfRun } from './corpus.ts'

const MAIN = { python: 'main.py', javascript: 'main.js', c: 'main.c', cpp: 'main.cpp', java: 'Main.java', shell: 'main.sh' }

/** Runs an attack as the grading worker would run a learner's program. */
export async function attackSandbox(sandbox: Sandbox, attack: Attack): Promise<Observation> {
  const input: RunInput = {
    stdin: new Uint8Array(),
    limits: { time_ms: timeFor(attack), memory_mb: attack.memory_mb ?? DEFAULT_MEMORY_MB, output_kb: OUTPUT_KB },
  }
  const files = bytesOf({ ...attack.files, [MAIN[attack.language]]: attack.source })
  if (attack.language === 'shell') {
    return told(await (sandbox as BubblewrapSandbox).runCommand(['/bin/sh', '/sub/main.sh'], { ...input, files }), '')
  }
  const compiled = await sandbox.compile({ language: attack.language, main: MAIN[attack.language], files, compiler_flags: [] })
  if (!compiled.ok) {
    const { output } = compiled
    return {
      verdict: verdictOfCompilation(compiled.ending),
      output,
      output_bytes: Buffer.byteLength(output),
      memory_kb: null,
      processes_left: await processesLeft(),
    }
  }
  try {
    return await told(await sandbox.run(compiled.program, input), compiled.output)
  } finally {
    await compiled.program.release()
  }
}

async function told(run: Run, compiler_output: string): Promise<Observation> {
  return {
    verdict: verdictOfRun(run.ending),
    output: compiler_output + Buffer.from(run.stdout).toString('latin1') + Buffer.from(run.stderr).toString('latin1'),
    output_bytes: run.stdout.length + run.stderr.length,
    memory_kb: run.memory_kb,
    processes_left: await processesLeft(),
  }
}

/**
 * Counts live processes in groups of this process's boxes, asking the kernel and not the sandbox. One that is dead but
 * still giving back its memory gets half a second.
 */
async function processesLeft(): Promise<number> {
  for (let turn = 0; ; turn++) {
    const left = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && belongsToBox(name)).length
    if (left === 0 || turn === 10) return left
    await pause(50)
  }
}

function belongsToBox(pid: string): boolean {
  try {
    const is_zombie = /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    return !is_zombie && readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(`/gradus-${process.pid}-`)
  } catch {
    return false
  }
}

function bytesOf(files: Readonly<Record<string, string>>): Record<string, Uint8Array> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]))
}
