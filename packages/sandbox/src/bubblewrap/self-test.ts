import { type Ending, SandboxFailure } from '../sandbox.ts'
import type { View } from './arguments.ts'
import { type BoxLimits, type Ended, startBox } from './box.ts'
import { argumentsOf, discardFolder, makeFolder } from './folders.ts'
import type { Ground } from './ground.ts'
import { explainFailure, type Lack } from './host.ts'

const MIB = 1 << 20
const LIMITS: BoxLimits = { time_ms: 5_000, memory_bytes: 64 * MIB, pids: 64, stdout_bytes: 64 * 1024, stderr_bytes: 64 * 1024 }

/** Runs any command in a box that sees no program: a self-test, or a runtime asked its version. */
export async function runBare(ground: Ground, argv: readonly string[], limits: Partial<BoxLimits> = {}, shown: View['shown'] = []): Promise<Ended> {
  const folder = makeFolder(ground, { files: {}, names: [], shown, room_mb: 64 })
  try {
    return await startBox(ground, { arguments_file: argumentsOf(folder), argv, limits: { ...LIMITS, ...limits }, has_gate: false }).ended
  } finally {
    discardFolder(folder)
  }
}

/** What must hold inside a box, each as a shell test that says its name when it does not. */
const INSIDE = [
  ['runs as nobody', '[ "$(id -u):$(id -g)" = 65534:65534 ]'],
  ['has no capability', 'grep -q "^CapEff:\\s*0*$" /proc/self/status && grep -q "^CapBnd:\\s*0*$" /proc/self/status'],
  ['cannot gain privileges', 'grep -q "^NoNewPrivs:\\s*1$" /proc/self/status'],
  ['is behind the filter', 'grep -q "^Seccomp:\\s*2$" /proc/self/status'],
  ['cannot make a namespace', '! unshare --user true 2>/dev/null'],
  ['cannot lock a shared file', '! flock --nonblock /usr true 2>/dev/null'],
  ['cannot write the root', '! touch /planted 2>/dev/null && ! touch /dev/planted 2>/dev/null && ! touch /usr/planted 2>/dev/null'],
  ['cannot change the kernel', '! sh -c "echo x > /proc/sys/kernel/core_pattern" 2>/dev/null'],
  ['sees no other process', '[ "$(ls -d /proc/[0-9]* | wc -l)" -lt 8 ]'],
  // Some shells leave their nesting depth behind.
  ['sees an empty environment in process 1', '[ -z "$(tr "\\\\0" "\\\\n" < /proc/1/environ | grep -v "^SHLVL=")" ]'],
  ['sees no network but its own loopback', '[ "$(grep -c : /proc/net/dev)" -le 1 ]'],
  ['has only its three descriptors', '[ ! -e /proc/$$/fd/3 ] && [ ! -e /proc/$$/fd/6 ] && [ ! -e /proc/$$/fd/7 ]'],
  ['sees no home and no secrets', '[ ! -e /etc/shadow ] && [ ! -e /home ] && [ ! -e /root ] && [ ! -e /sys/kernel ]'],
] as const

const script = INSIDE.map(([claim, test]) => `{ ${test}; } || echo "not so: a box ${claim}"`).join('\n')

/** Programs that must be stopped by a bound, and how they must end. */
const BOUNDS: { claim: string; script: string; limits: Partial<BoxLimits>; holds: (ending: Ending) => boolean }[] = [
  {
    claim: 'its memory is bounded',
    // `tail` keeps what has no line end.
    script: 'head -c 100000000 /dev/zero | tail',
    limits: { memory_bytes: 16 * MIB },
    holds: ({ kind }) => kind === 'memory_limit',
  },
  {
    claim: 'its processes are bounded',
    script: 'i=0; while [ $i -lt 80 ]; do sleep 9 & i=$((i+1)); done; exit 0',
    limits: {},
    holds: (ending) => ending.kind === 'exit' && ending.code !== 0,
  },
  { claim: 'its time is bounded', script: 'sleep 9', limits: { time_ms: 100 }, holds: ({ kind }) => kind === 'time_limit' },
  { claim: 'its output is bounded', script: 'cat /dev/zero', limits: {}, holds: ({ kind }) => kind === 'output_limit' },
]

/** Proves, in boxes, that this machine holds what the recipe promises. Empty when it does. Takes about 0.2 s. */
export async function selfTest(ground: Ground): Promise<Lack[]> {
  try {
    const inside = await runBare(ground, ['/bin/sh', '-c', script])
    const broken = inside.stdout.toString().split('\n').filter(Boolean)
    if (inside.ending.kind !== 'exit' || inside.ending.code !== 0)
      broken.push(`the test ended with ${JSON.stringify(inside.ending)} ${inside.stderr}`)
    const tried = await Promise.all(
      BOUNDS.map(async ({ claim, script, limits, holds }) => {
        const { ending } = await runBare(ground, ['/bin/sh', '-c', script], limits)
        return holds(ending) ? [] : [`not so: ${claim} (it ended with ${JSON.stringify(ending)})`]
      }),
    )
    return [...broken, ...tried.flat()].map((reason) => ({
      reason,
      mend: 'this kernel or container does not hold a box: run the worker on another machine',
    }))
  } catch (error) {
    if (error instanceof SandboxFailure) return [explainFailure(error.message)]
    throw error
  }
}
