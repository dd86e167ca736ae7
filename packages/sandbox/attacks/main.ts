import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findCgroupHome, readStanding } from '../src/bubblewrap/find-cgroup.ts'
import { openBubblewrap } from '../src/bubblewrap/open.ts'
import type { Sandbox } from '../src/sandbox.ts'
import { openWasmSandbox } from '../src/wasm/open.ts'
import { attackSandbox } from './boxes.ts'
import { attackAll, holds, type Outcome, plain } from './campaign.ts'
import { type Attack, attacks } from './corpus.ts'
import { gradeForgers } from './forge.ts'
import { attackNaively } from './naive.ts'
import { setStage } from './stage.ts'

/** The corpus has teeth when a careless box falls to at least this many of its 56 numbered programs (reliability-security.md 2.4). */
const LEAST_NAIVE_BREACHES = 25
const isNumbered = ({ id }: { id: string }) => /^\d\d-/.test(id)

const words = process.argv.slice(2)
const only = words.includes('--only') ? words[words.indexOf('--only') + 1] : undefined
const isWanted = ({ id }: { id: string }) => only === undefined || id.includes(only)
const row = (...cells: [string, string, string, string]) => console.log(cells.map((cell, index) => cell.padEnd([30, 11, 19, 0][index]!)).join(' '))
const tell = (outcome: Outcome) =>
  row(
    outcome.id,
    outcome.language,
    outcome.verdict,
    holds(outcome) ? 'held' : plain([...outcome.breaches.map((one) => `BREACH ${one}`), ...outcome.faults].join('; ')),
  )

const failed = words.includes('--naive') ? await naive() : words.includes('--wasm') ? await portable() : await native()
process.exit(failed === 0 ? 0 : 1)

async function native(): Promise<number> {
  const opened = await openBubblewrap()
  if (!opened.ok) {
    console.log([...opened.reasons, ...opened.mend.map((line) => `To mend it: ${line}`)].join('\n'))
    return 1
  }
  return await campaign(opened.sandbox, attacks)
}

async function portable(): Promise<number> {
  const portable = attacks.filter(({ language }) => language === 'python' || language === 'javascript')
  // What these interpreters do not have, most of it, ends a program early; and they are slower.
  const allowing = portable.map((attack) => ({
    ...attack,
    allowed_verdicts: [...attack.allowed_verdicts, 'runtime_error' as const, 'time_limit' as const],
  }))
  return await campaign(await openWasmSandbox({ slots: 1 }), allowing)
}

async function campaign(sandbox: Sandbox, chosen: readonly Attack[]): Promise<number> {
  const stage = await setStage()
  try {
    const outcomes = await attackAll(stage, chosen.filter(isWanted), (attack) => attackSandbox(sandbox, attack), tell)
    const graded = only ? { forgeries: [], honest: [], full: 0 } : await gradeForgers({ for: () => ({ sandbox, runtime: '' }) })
    for (const { id, language, score, verdicts } of graded.forgeries) row(id, language, score === 0 ? 'nothing won' : `WON ${score}`, verdicts)
    for (const { id, language, score, verdicts } of graded.honest)
      row(id, language, score === graded.full ? 'full marks' : `LOST: ${score}`, verdicts)
    const passes = [
      ...outcomes.map(holds),
      ...graded.forgeries.map(({ score }) => score === 0),
      ...graded.honest.map(({ score }) => score === graded.full),
    ]
    const failed = passes.filter((one) => !one).length
    console.log(`${passes.length - failed} passed, ${failed} failed`)
    return failed
  } finally {
    await sandbox.close()
    await stage.close()
  }
}

async function naive(): Promise<number> {
  const found = await findCgroupHome(readStanding())
  if (!found.ok) throw new Error(`The naive box would endanger this machine: ${found.reason}`)
  const stage = await setStage()
  const folder = mkdtempSync(join(tmpdir(), 'attack-naive-'))
  try {
    const outcomes = await attackAll(stage, attacks.filter(isWanted), (attack) => attackNaively(found.home, folder, attack), tell)
    const breached = outcomes.filter(({ breaches }) => breaches.length > 0)
    const numbered = breached.filter(isNumbered).length
    console.log(
      `${breached.length} of ${outcomes.length} breached the naive box, ${numbered} of them of the numbered 56; at least ${LEAST_NAIVE_BREACHES} must`,
    )
    return numbered >= LEAST_NAIVE_BREACHES || only ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await stage.close()
  }
}
