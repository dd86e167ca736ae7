import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findCgroupHome, readStanding } from '../src/bubblewrap/find-cgroup.ts'
import { openBubblewrap } from '../src/bubblewrap/open.ts'
import { attackSandbox } from './boxes.ts'
import { attackAll } from './campaign.ts'
import { attacks } from './corpus.ts'
import { gradeForgers } from './forge.ts'
import { attackNaively } from './naive.ts'
import { type Stage, setStage } from './stage.ts'

const opened = await openBubblewrap()
const why_not = opened.ok ? '' : ` (skipped: ${opened.reasons.join('; ')})`

describe.skipIf(!opened.ok)(`hostile programs in the native sandbox${why_not}`, () => {
  if (!opened.ok) return
  const { sandbox } = opened
  let stage: Stage
  beforeAll(async () => {
    stage = await setStage()
  })
  afterAll(async () => {
    await sandbox.close()
    await stage.close()
  })

  const here = attacks.filter(({ language }) => language === 'shell' || sandbox.languages.some((one) => one.language === language))
  test.each(here.map((attack) => [attack.id, attack] as const))('%s', async (_, attack) => {
    const [outcome] = await attackAll(stage, [attack], (one) => attackSandbox(sandbox, one))
    expect(outcome).toMatchObject({ breaches: [], faults: [] })
  })

  test('no forging module wins a test, and honest programs win all', async () => {
    const { forgeries, honest, full } = await gradeForgers({ for: () => ({ sandbox, runtime: '' }) })
    expect(forgeries.length).toBeGreaterThanOrEqual(12)
    expect(forgeries.filter(({ score }) => score > 0)).toEqual([])
    expect(honest.map(({ score }) => score)).toEqual([full, full])
  })

  test('the corpus finds the holes of a careless box', async () => {
    const found = await findCgroupHome(readStanding())
    if (!found.ok) throw new Error(found.reason)
    const folder = mkdtempSync(join(tmpdir(), 'attack-naive-'))
    const quick = attacks.filter(({ id }) => /^(12|16|22|25|27|32|43|48|53)-/.test(id))
    try {
      const outcomes = await attackAll(stage, quick, (attack) => attackNaively(found.home, folder, attack))
      expect(outcomes.filter(({ breaches }) => breaches.length === 0).map(({ id }) => id)).toEqual([])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
