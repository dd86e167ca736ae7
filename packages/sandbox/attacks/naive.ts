import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { CgroupHome } from '../src/bubblewrap/cgroup.ts'
import { type Attack, type AttackVerdict, type Observation, timeFor } from './corpus.ts'

/**
 * The box most people write first: everything read-only but a working folder, no other processes, no network; a clock
 * that kills the one process it started; results read from the folder afterwards. It exists to be breached. A group of
 * our own around it keeps the machine that runs the corpus alive.
 */
export async function attackNaively(home: CgroupHome, work_folder: string, attack: Attack): Promise<Observation> {
  const group = home.make(`gradus-${process.pid}-naive-${attack.id}`)
  group.limit({ memory_bytes: 1_500 << 20, pids: 400 })
  const folder = join(work_folder, attack.id)
  mkdirSync(folder)
  chmodSync(folder, 0o777)
  for (const [name, text] of Object.entries({ ...attack.files, [SOURCES[attack.language].main]: attack.source }))
    writeFileSync(join(folder, name), text)
  try {
    const { compile, run } = SOURCES[attack.language]
    let output = ''
    let output_bytes = 0
    if (compile) {
      const built = await naiveBox(group.doors, folder, compile, 10_000)
      output = built.output
      output_bytes = built.output_bytes
      if (built.verdict !== 'ok')
        return { ...(await leftBy(group)), verdict: built.verdict === 'time_limit' ? 'compile_time_limit' : 'compile_error', output, output_bytes }
    }
    const ran = await naiveBox(group.doors, folder, run, timeFor(attack))
    const collected = ['results.json', 'output.txt'].map((name) => join(folder, name)).filter(existsSync)
    output += ran.output + collected.map((path) => readFileSync(path, 'utf8')).join('')
    return { ...(await leftBy(group)), verdict: ran.verdict, output, output_bytes: output_bytes + ran.output_bytes }
  } finally {
    for (let turn = 0; turn < 500 && group.processes().length > 0; turn++) {
      for (const pid of group.processes()) {
        try {
          process.kill(pid, 'SIGKILL')
        } catch {}
      }
      await pause(10)
    }
    await group.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

const SOURCES: Record<Attack['language'], { main: string; compile?: string[]; run: string[] }> = {
  shell: { main: 'main.sh', run: ['/bin/sh', 'main.sh'] },
  python: { main: 'main.py', run: ['/usr/bin/python3', 'main.py'] },
  javascript: { main: 'main.js', run: [process.execPath, 'main.js'] },
  c: { main: 'main.c', compile: ['gcc', 'main.c', '-o', 'program', '-lm'], run: ['./program'] },
  cpp: { main: 'main.cpp', compile: ['g++', 'main.cpp', '-o', 'program'], run: ['./program'] },
  java: { main: 'Main.java', compile: ['javac', 'Main.java'], run: ['java', '-Xmx200m', 'Main'] },
}

/** A zombie is not yet reaped but does nothing more; a moment is granted for that. */
async function leftBy(group: ReturnType<CgroupHome['make']>): Promise<{ memory_kb: number | null; processes_left: number }> {
  await pause(50)
  const peak = group.peakBytes()
  return { memory_kb: peak === null ? null : Math.ceil(peak / 1024), processes_left: group.processes().length }
}

interface NaiveRun {
  verdict: AttackVerdict
  output: string
  output_bytes: number
}

function naiveBox(doors: readonly number[], folder: string, command: readonly string[], time_ms: number): Promise<NaiveRun> {
  const join_groups = doors.map((_, index) => `echo 0 >&${index + 3}; exec ${index + 3}>&-`).join('; ')
  const box = ['bwrap', '--ro-bind', '/', '/', '--bind', folder, folder, '--chdir', folder, '--unshare-pid', '--unshare-net', ...command]
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', `${join_groups}; exec "$@"`, 'sh', ...box], { stdio: ['ignore', 'pipe', 'pipe', ...doors] })
    let output = ''
    let output_bytes = 0
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        output_bytes += chunk.length
        if (output.length < 1 << 20) output += chunk.toString('latin1')
      })
    }
    let is_late = false
    const timer = setTimeout(() => {
      is_late = true
      child.kill('SIGKILL')
    }, time_ms)
    child.once('error', reject)
    child.once('exit', (code) => {
      clearTimeout(timer)
      setTimeout(() => {
        child.stdout!.destroy()
        child.stderr!.destroy()
        resolve({ verdict: is_late ? 'time_limit' : code === 0 ? 'ok' : 'runtime_error', output, output_bytes })
      }, 20)
    })
  })
}
